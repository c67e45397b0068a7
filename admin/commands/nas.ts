import type { Ctx } from '../../db/context.ts'
import { findSiteBySlug } from '../../db/network/sites.ts'
import { type AddCommand, CommandFailed, withLedger } from './command.ts'
import { addGatewayOptions, ensureGateway, type GatewayOptions } from './gateway-options.ts'
import { inWords } from './setup.ts'

/** nas add: one more gateway for a site. One that is there already by address and NAS-Identifier is named again. */
export const addNas: AddCommand = (program, deps) => {
  const nas = program.command('nas').description('gateways')
  const add = nas
    .command('add')
    .requiredOption('--site <slug>', 'the site it stands at')
    .description('add a gateway to a site')
  addGatewayOptions(add).action(async (options: GatewayOptions & { site: string }) => {
    const made = await withLedger(deps, async ({ db }, config) => {
      const found = await findSiteBySlug(db, options.site)
      if (!found) throw new CommandFailed(`There is no site ${options.site}.`)
      const ctx: Ctx = {
        db,
        merchantId: found.merchant.id,
        actor: { kind: 'job', name: 'nas add' },
        now: new Date(),
      }
      const { secretMin } = config.radius
      const nasId = await inWords(() => ensureGateway(ctx, found.site.id, options, secretMin))
      if (!nasId) throw new CommandFailed('A gateway needs --gateway and --nas-secret.')
      return { nasId }
    })
    deps.answer(made, `Gateway ${made.nasId} is added.`)
  })
}
