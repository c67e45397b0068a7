import { randomBytes } from 'node:crypto'
import { record } from '../../db/audit.ts'
import type { Ctx } from '../../db/context.ts'
import { notAllowed, notFound } from '../../db/errors.ts'
import { type Tx, transaction } from '../../db/index.ts'
import { lastPacketOf } from '../../db/network/last-packets.ts'
import {
  addNas,
  changeNas,
  findNas,
  listNas,
  type Nas,
  type NasSettings,
  nasSecrets,
  removeNas,
} from '../../db/network/nas.ts'
import { findSite } from '../../db/network/sites.ts'
import {
  adoptUnknownNas,
  ignoreUnknownNas,
  listUnknownNas,
  type UnknownNas,
} from '../../db/network/unknown-nas.ts'
import { onlineByNas, openProblems } from '../../db/reports/network.ts'
import { gatewayWordsOf } from '../words/gateways.ts'
import type { Locale } from '../words/index.ts'
import { type Asker, type Handlers, maySeeSite } from './handler.ts'
import { healthOf } from './nas-health.ts'
import type { Nas as NasAnswer, NasChange, UnknownNas as UnknownAnswer } from './schemas/nas.ts'

export const nasHandlers = {
  'GET /nas': ({ ctx, asker, query, locale }) =>
    transaction(ctx, async (tx) => {
      const mine = (await listNas(tx, ctx, query.site)).filter((nas) => maySeeSite(asker, nas.siteId))
      const items = await nasAnswers(tx, ctx, mine, locale)
      return { items, total: items.length, nextCursor: null }
    }),

  'POST /nas': async ({ ctx, asker, body, locale, deps }) => {
    await needSite(ctx, asker, body.siteId)
    const { siteId, ...input } = body
    // CoovaChilli alone keeps a second secret; openNDS has one key, which we keep as its secret.
    const portalSecret =
      input.portalSecret === undefined ? (input.gateway === 'uam' ? newSecret() : null) : input.portalSecret
    const secret = input.secret || newSecret()
    const settings = { ...given(input), gateway: input.gateway, secret, portalSecret }
    const added = await addNas(ctx, siteId, settings, deps.config.secretMin)
    return { nas: await oneNas(ctx, added, locale), secret, portalSecret }
  },

  'GET /nas/unknown': async ({ ctx, asker }) => {
    const items = asker.siteIds === null ? (await listUnknownNas(ctx)).map(unknownAnswer) : []
    return { items, total: items.length, nextCursor: null }
  },

  'POST /nas/unknown/:id/adopt': async ({ ctx, asker, params, body, locale, deps }) => {
    if (asker.siteIds !== null) throw notAllowed('unknown-nas')
    await needSite(ctx, asker, body.siteId)
    const settings = { ...given(body), gateway: body.gateway, secret: body.secret }
    const added = await adoptUnknownNas(
      ctx,
      { ...settings, unknownId: params.id, siteId: body.siteId },
      deps.config.secretMin,
    )
    return {
      nas: await oneNas(ctx, added, locale),
      secret: body.secret,
      portalSecret: body.portalSecret ?? null,
    }
  },

  'POST /nas/unknown/:id/ignore': async ({ ctx, asker, params }) => {
    if (asker.siteIds !== null) throw notAllowed('unknown-nas')
    await ignoreUnknownNas(ctx, params.id)
    return { ok: true }
  },

  'GET /nas/:id': async ({ ctx, asker, params, locale }) =>
    oneNas(ctx, await needNas(ctx, asker, params.id), locale),

  'GET /nas/:id/last-packet': async ({ ctx, asker, params }) => {
    const nas = await needNas(ctx, asker, params.id)
    const last = await transaction(ctx, (tx) => lastPacketOf(tx, ctx, nas.id))
    return { packet: last ? { at: last.at.toISOString(), ...last.packet } : null }
  },

  'PATCH /nas/:id': async ({ ctx, asker, params, body, locale, deps }) => {
    await needNas(ctx, asker, params.id)
    return oneNas(ctx, await changeNas(ctx, params.id, given(body), deps.config.secretMin), locale)
  },

  'DELETE /nas/:id': async ({ ctx, asker, params }) => {
    await needNas(ctx, asker, params.id)
    await removeNas(ctx, params.id)
    return { ok: true }
  },

  'POST /nas/:id/secret': async ({ ctx, asker, params }) => {
    const nas = await needNas(ctx, asker, params.id)
    return transaction(ctx, async (tx) => {
      const { secret, portalSecret } = await nasSecrets(tx, ctx, nas.id)
      await record(tx, ctx, { action: 'nas.secret-copied', subject: nas.id })
      return { secret, portalSecret: portalSecret ?? null }
    })
  },
} satisfies Pick<
  Handlers,
  | 'GET /nas'
  | 'POST /nas'
  | 'GET /nas/unknown'
  | 'POST /nas/unknown/:id/adopt'
  | 'POST /nas/unknown/:id/ignore'
  | 'GET /nas/:id'
  | 'GET /nas/:id/last-packet'
  | 'PATCH /nas/:id'
  | 'DELETE /nas/:id'
  | 'POST /nas/:id/secret'
>

/** A gateway the asker may see; one of another site is simply not there. */
export async function needNas(ctx: Ctx, asker: Pick<Asker, 'siteIds'>, nasId: string): Promise<Nas> {
  const nas = await transaction(ctx, (tx) => findNas(tx, ctx, nasId))
  if (!maySeeSite(asker, nas.siteId)) throw notFound('nas')
  return nas
}

async function needSite(ctx: Ctx, asker: Pick<Asker, 'siteIds'>, siteId: string): Promise<void> {
  const site = await transaction(ctx, (tx) => findSite(tx, ctx, siteId))
  if (!maySeeSite(asker, site.id)) throw notFound('site')
}

/** Gateways with light, problems in words and guests. */
export async function nasAnswers(tx: Tx, ctx: Ctx, list: Nas[], locale: Locale): Promise<NasAnswer[]> {
  const online = await onlineByNas(tx, ctx)
  const problems = await openProblems(tx, ctx)
  return list.map((nas) => {
    const onlineNow = online.get(nas.id) ?? 0
    const words = gatewayWordsOf(locale)
    const light = healthOf({ nas, problems: problems.get(nas.id) ?? [], onlineNow, words, now: ctx.now })
    return {
      id: nas.id,
      siteId: nas.siteId,
      name: nas.name,
      gateway: nas.gateway,
      address: nas.address,
      nasIdentifier: nas.nasIdentifier,
      tlsIdentity: nas.tlsIdentity,
      coaPort: nas.coaPort,
      messageAuthenticator: nas.messageAuthenticator,
      macAuth: nas.macAuth,
      acctInterimIntervalSeconds: nas.acctInterimIntervalSeconds,
      hasPortalSecret: nas.hasPortalSecret,
      lastSeenAt: nas.lastSeenAt?.toISOString() ?? null,
      lastAuthAt: nas.lastAuthAt?.toISOString() ?? null,
      lastAcctAt: nas.lastAcctAt?.toISOString() ?? null,
      ...light,
      onlineNow,
      createdAt: nas.createdAt.toISOString(),
    }
  })
}

async function oneNas(ctx: Ctx, nas: Nas, locale: Locale): Promise<NasAnswer> {
  const [answer] = await transaction(ctx, (tx) => nasAnswers(tx, ctx, [nas], locale))
  return answer as NasAnswer
}

const unknownAnswer = (row: UnknownNas): UnknownAnswer => ({
  id: row.id,
  address: row.address,
  nasIdentifier: row.nasIdentifier || null,
  count: row.count,
  firstAt: row.firstAt.toISOString(),
  lastAt: row.lastAt.toISOString(),
})

/** Some 90 random bits in four groups that can be read out on the telephone (RFC 2865 §3 asks for 16 octets and more). */
function newSecret(): string {
  const letters = '23456789abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ'
  const digits = Array.from(randomBytes(16), (byte) => letters[byte % letters.length]).join('')
  return digits.replace(/(.{4})(?=.)/g, '$1-')
}

/** Without what was left out, so that it overwrites nothing; `siteId` is no setting. */
function given(body: NasChange): Partial<NasSettings> {
  return Object.fromEntries(
    Object.entries(body).filter(([name, value]) => value !== undefined && name !== 'siteId'),
  )
}
