import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { merchants } from '../schema/merchants.ts'
import { nas, unknownNas } from '../schema/nas.ts'
import { addNas, type Nas, type NasSettings } from './nas.ts'

export type UnknownNas = typeof unknownNas.$inferSelect

/** Days after its last packet that a stranger is still shown. */
const shownDays = 7

/**
 * Sources of packets that nobody registered, newest first. They belong to no tenant, so a merchant learns only of
 * those that can be its own: all of them where it is the only merchant here, else those that share an address or a
 * NAS-Identifier with a gateway it has.
 */
export async function listUnknownNas(ctx: Ctx): Promise<UnknownNas[]> {
  const since = new Date(ctx.now.getTime() - shownDays * 86_400_000)
  return ctx.db.system
    .select()
    .from(unknownNas)
    .where(and(isNull(unknownNas.ignoredAt), gt(unknownNas.lastAt, since), mayBeOf(ctx)))
    .orderBy(desc(unknownNas.lastAt))
    .limit(50)
}

/** Makes a stranger a gateway of a site: its next packet is answered. Throws `unknown-nas.not-found`. */
export async function adoptUnknownNas(
  ctx: Ctx,
  input: { unknownId: string; siteId: string } & Omit<NasSettings, 'address' | 'nasIdentifier'>,
  secretMin: number,
): Promise<Nas> {
  const stranger = await findUnknown(ctx, input.unknownId)
  const { unknownId: _id, siteId, ...settings } = input
  const added = await addNas(
    ctx,
    siteId,
    { ...settings, address: stranger.address, nasIdentifier: stranger.nasIdentifier || null },
    secretMin,
  )
  await ctx.db.system.delete(unknownNas).where(eq(unknownNas.id, stranger.id))
  return added
}

/** Shows a stranger no more. Its packets stay unanswered. */
export async function ignoreUnknownNas(ctx: Ctx, unknownId: string): Promise<void> {
  const stranger = await findUnknown(ctx, unknownId)
  await ctx.db.system.update(unknownNas).set({ ignoredAt: ctx.now }).where(eq(unknownNas.id, stranger.id))
  await transaction(ctx, (tx: Tx) => record(tx, ctx, { action: 'unknown-nas.ignored', subject: stranger.id }))
}

async function findUnknown(ctx: Ctx, id: string): Promise<UnknownNas> {
  const [stranger] = await ctx.db.system
    .select()
    .from(unknownNas)
    .where(and(eq(unknownNas.id, id), mayBeOf(ctx)))
  if (!stranger) throw notFound('unknown-nas')
  return stranger
}

const mayBeOf = (ctx: Ctx) => sql`(
  (select count(*) from ${merchants}) = 1
  or exists (select from ${nas} where ${nas.merchantId} = ${ctx.merchantId} and ${nas.removedAt} is null
    and (${nas.address} = ${unknownNas.address}
      or (${unknownNas.nasIdentifier} <> '' and ${nas.nasIdentifier} = ${unknownNas.nasIdentifier}))))`
