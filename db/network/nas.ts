import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { type GatewayFamily, type MessageAuthenticatorRule, nas } from '../schema/nas.ts'
import { newId } from '../values/id.ts'
import { parseIp } from '../values/ip.ts'
import { open, seal } from '../values/keys.ts'
import { parseTlsIdentity } from '../values/tls-identity.ts'
import { claimTlsIdentity } from './tls-identity.ts'

export type { GatewayFamily, MessageAuthenticatorRule }
/** A gateway as wings see it: no secret in it. */
export type Nas = Omit<
  typeof nas.$inferSelect,
  'secretSealed' | 'formerSecretSealed' | 'portalSecretSealed'
> & {
  hasPortalSecret: boolean
}
export type NasSettings = {
  name?: string
  gateway: GatewayFamily
  address?: string | null
  nasIdentifier?: string | null
  /** Its certificate over RadSec: fingerprint (SHA-256) or a name in it. */
  tlsIdentity?: string | null
  secret: string
  portalSecret?: string | null
  coaPort?: number
  messageAuthenticator?: MessageAuthenticatorRule
  macAuth?: boolean
  acctInterimIntervalSeconds?: number
}

/** Seconds a former secret stays good after it was changed, so that a NAS can be typed anew in peace. */
export const secretOverlapSeconds = 24 * 3600

/**
 * Inserts a gateway inside a bigger transaction.
 * @param secretMin shortest shared secret allowed, in octets (RFC 2865 §3 prefers 16).
 */
export async function insertNas(
  tx: Tx,
  ctx: Ctx,
  siteId: string,
  input: NasSettings,
  secretMin: number,
): Promise<Nas> {
  const checked = checkNas(input, secretMin)
  const id = newId('nas')
  await claim(tx, ctx, id, checked)
  const [row] = await tx
    .insert(nas)
    .values({
      merchantId: ctx.merchantId,
      id,
      siteId,
      gateway: input.gateway,
      secretSealed: seal(input.secret),
      createdAt: ctx.now,
      name: checked.nasIdentifier ?? checked.address ?? checked.tlsIdentity?.slice(0, 60) ?? input.gateway,
      ...checked,
    })
    .returning()
  await tx.execute(sql`notify nas_changed`)
  return bare(row as typeof nas.$inferSelect)
}

export function addNas(ctx: Ctx, siteId: string, input: NasSettings, secretMin: number): Promise<Nas> {
  return transaction(ctx, async (tx) => {
    const added = await insertNas(tx, ctx, siteId, input, secretMin)
    await record(tx, ctx, { action: 'nas.added', subject: added.id, detail: { gateway: added.gateway } })
    return added
  })
}

/** Changes a gateway. A new secret leaves the former one good for `secretOverlapSeconds`. */
export function changeNas(
  ctx: Ctx,
  nasId: string,
  input: Partial<NasSettings>,
  secretMin: number,
): Promise<Nas> {
  return transaction(ctx, async (tx) => {
    const [before] = await tx
      .select()
      .from(nas)
      .where(and(eq(nas.merchantId, ctx.merchantId), eq(nas.id, nasId), isNull(nas.removedAt)))
    if (!before) throw notFound('nas')
    const rotated =
      input.secret === undefined
        ? {}
        : {
            secretSealed: seal(input.secret),
            formerSecretSealed: before.secretSealed,
            formerSecretUntil: new Date(ctx.now.getTime() + secretOverlapSeconds * 1000),
          }
    const checked = checkNas({ ...asSettings(before), ...input }, secretMin, input)
    await claim(tx, ctx, nasId, checked)
    const [row] = await tx
      .update(nas)
      .set({ ...checked, ...rotated })
      .where(and(eq(nas.merchantId, ctx.merchantId), eq(nas.id, nasId)))
      .returning()
    await record(tx, ctx, { action: 'nas.changed', subject: nasId, detail: { fields: Object.keys(input) } })
    await tx.execute(sql`notify nas_changed`)
    return bare(row as typeof nas.$inferSelect)
  })
}

/** Takes a gateway out of service; its sessions and history stay. */
export function removeNas(ctx: Ctx, nasId: string): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [row] = await tx
      .update(nas)
      .set({ removedAt: ctx.now })
      .where(and(eq(nas.merchantId, ctx.merchantId), eq(nas.id, nasId), isNull(nas.removedAt)))
      .returning({ id: nas.id })
    if (!row) throw notFound('nas')
    await record(tx, ctx, { action: 'nas.removed', subject: nasId })
    await tx.execute(sql`notify nas_changed`)
  })
}

export async function listNas(tx: Tx, ctx: Ctx, siteId?: string): Promise<Nas[]> {
  const rows = await tx
    .select()
    .from(nas)
    .where(
      and(
        eq(nas.merchantId, ctx.merchantId),
        isNull(nas.removedAt),
        siteId ? eq(nas.siteId, siteId) : undefined,
      ),
    )
    .orderBy(nas.createdAt, nas.id)
  return rows.map(bare)
}

export async function findNas(tx: Tx, ctx: Ctx, nasId: string): Promise<Nas> {
  const [row] = await tx
    .select()
    .from(nas)
    .where(and(eq(nas.merchantId, ctx.merchantId), eq(nas.id, nasId), isNull(nas.removedAt)))
  if (!row) throw notFound('nas')
  return bare(row)
}

/** RADIUS shared secret and portal secret (uamsecret, faskey) in the clear. */
export async function nasSecrets(
  tx: Tx,
  ctx: Ctx,
  nasId: string,
): Promise<{ secret: string; portalSecret: string | undefined }> {
  const [row] = await tx
    .select()
    .from(nas)
    .where(and(eq(nas.merchantId, ctx.merchantId), eq(nas.id, nasId)))
    .orderBy(desc(nas.createdAt))
  if (!row) throw notFound('nas')
  return {
    secret: open(row.secretSealed),
    portalSecret: row.portalSecretSealed ? open(row.portalSecretSealed) : undefined,
  }
}

function bare(row: typeof nas.$inferSelect): Nas {
  const { secretSealed: _s, formerSecretSealed: _f, portalSecretSealed, ...rest } = row
  return { ...rest, hasPortalSecret: portalSecretSealed !== null }
}

const asSettings = (row: typeof nas.$inferSelect): NasSettings => ({ ...row, secret: open(row.secretSealed) })

async function claim(tx: Tx, ctx: Ctx, nasId: string, checked: ReturnType<typeof checkNas>) {
  const { tlsIdentity, nasIdentifier } = checked
  if (tlsIdentity) await claimTlsIdentity(tx, ctx, { nasId, tlsIdentity, nasIdentifier })
}

function checkNas(input: NasSettings, secretMin: number, given: Partial<NasSettings> = input) {
  const address = input.address ? parseIp(input.address) : null
  if (address === undefined) throw invalid('nas', 'address')
  const tlsIdentity = input.tlsIdentity ? parseTlsIdentity(input.tlsIdentity) : null
  if (tlsIdentity === undefined) throw invalid('nas', 'tls-identity')
  if (!address && !input.nasIdentifier && !tlsIdentity) throw invalid('nas', 'source')
  if (Buffer.byteLength(input.secret) < secretMin) throw invalid('nas', 'secret')
  if (Buffer.byteLength(input.secret) > 128) throw invalid('nas', 'secret')
  if (input.nasIdentifier && Buffer.byteLength(input.nasIdentifier) > 253) throw invalid('nas', 'identifier')
  if (input.coaPort !== undefined && !(input.coaPort >= 1 && input.coaPort <= 65535))
    throw invalid('nas', 'coa-port')
  // RFC 2869 §5.16: must not be below 60 seconds.
  const interim = input.acctInterimIntervalSeconds
  if (interim !== undefined && !(interim >= 60 && interim <= 86_400)) throw invalid('nas', 'interim')
  return {
    ...('name' in given && given.name ? { name: given.name } : {}),
    ...('gateway' in given ? { gateway: input.gateway } : {}),
    address,
    nasIdentifier: input.nasIdentifier || null,
    tlsIdentity,
    ...(given.portalSecret !== undefined
      ? { portalSecretSealed: given.portalSecret ? seal(given.portalSecret) : null }
      : {}),
    ...(given.coaPort !== undefined ? { coaPort: given.coaPort } : {}),
    ...(given.messageAuthenticator !== undefined ? { messageAuthenticator: given.messageAuthenticator } : {}),
    ...(given.macAuth !== undefined ? { macAuth: given.macAuth } : {}),
    ...(interim !== undefined ? { acctInterimIntervalSeconds: interim } : {}),
  }
}
