import type { Config } from '../../config.ts'
import type { Ctx } from '../../db/context.ts'
import { DomainError } from '../../db/errors.ts'
import type { Db } from '../../db/index.ts'
import { issueApiKey } from '../../db/staff/api-keys.ts'
import { setUp } from '../../db/staff/set-up.ts'
import { setupInput } from '../api/schemas/setup.ts'
import { publicUrlOf } from '../config.ts'
import { wordsOf } from '../words/index.ts'
import { type AddCommand, CommandFailed, withLedger } from './command.ts'
import { addGatewayOptions, ensureGateway, type GatewayOptions } from './gateway-options.ts'

type Options = GatewayOptions & {
  merchant: string
  site: string
  siteSlug?: string
  ownerEmail: string
  ownerName?: string
  ownerPassword: string
  country?: string
  locale?: string
}

/**
 * setup: a business with its owner, first site and gateway, from the command line. What is there by these names
 * stays as it is; every run makes a new API key, which sees phone numbers masked.
 */
export const addSetup: AddCommand = (program, deps) => {
  const command = program
    .command('setup')
    .requiredOption('--merchant <name>', 'the business')
    .requiredOption('--site <name>', 'its shop')
    .option('--site-slug <slug>', 'how its splash page is called: /s/<slug>')
    .requiredOption('--owner-email <email>', 'who signs in first')
    .option('--owner-name <name>', 'their name')
    .requiredOption('--owner-password <password>', 'at least 12 characters')
    .option('--country <cc>', 'two letters', 'CN')
    .option('--locale <locale>', 'zh-CN or en', 'zh-CN')
    .description('make a business, its owner, its site and its gateway')
  addGatewayOptions(command).action(async (options: Options) => {
    const made = await withLedger(deps, ({ db }, config) => run(db, config, options))
    const words = `${options.merchant} is set up. Guests: ${made.portalUrl}. Panel: ${made.adminUrl}. API key, told once: ${made.apiKey}`
    deps.answer(made, words)
  })
}

async function run(db: Db, config: Config, options: Options) {
  const now = new Date()
  const input = setupInput.omit({ code: true }).safeParse({
    owner: {
      name: options.ownerName ?? options.ownerEmail.split('@')[0],
      email: options.ownerEmail,
      password: options.ownerPassword,
    },
    merchant: {
      name: options.merchant,
      country: options.country?.toUpperCase(),
      locale: options.locale,
    },
    site: { name: options.site, slug: options.siteSlug },
  })
  if (!input.success) throw new CommandFailed(optionFault(input.error.issues[0]?.path.join('.') ?? ''))
  const done = await inWords(() => setUp(db, input.data, now))
  const ctx: Ctx = { db, merchantId: done.merchantId, actor: { kind: 'job', name: 'setup' }, now }
  const nasId = await inWords(() => ensureGateway(ctx, done.site.id, options, config.radius.secretMin))
  const { key } = await issueApiKey(ctx, { name: 'setup', mayReveal: false })
  const url = publicUrlOf(config.http)
  return {
    merchantId: done.merchantId,
    siteId: done.site.id,
    siteSlug: done.site.slug,
    ...(nasId ? { nasId } : {}),
    apiKey: key,
    portalUrl: `${url}/s/${done.site.slug}`,
    adminUrl: `${url}/admin/`,
  }
}

/** A refusal by rule as the sentence the API would say; the command line speaks English. */
export async function inWords<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    const sentence = error instanceof DomainError ? wordsOf('en').errors[error.code] : undefined
    if (sentence) throw new CommandFailed(sentence)
    throw error
  }
}

function optionFault(path: string): string {
  const faults: Record<string, string> = {
    'owner.email': '--owner-email is no e-mail address.',
    'owner.password': '--owner-password takes 12 to 200 characters.',
    'owner.name': '--owner-name takes 1 to 80 characters.',
    'merchant.name': '--merchant takes 1 to 80 characters.',
    'merchant.country': '--country takes two letters, such as CN.',
    'merchant.locale': '--locale takes a language, such as zh-CN.',
    'site.name': '--site takes 1 to 80 characters.',
    'site.slug': '--site-slug takes at most 63 letters, digits and dashes.',
  }
  return faults[path] ?? `${path} is not right.`
}
