import { and, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { guestOfPhone } from '../crm/identities.ts'
import { queueMessage } from '../crm/messages.ts'
import { type Tx, transaction } from '../index.ts'
import { findMerchant } from '../network/merchants.ts'
import { codeSends, codes, codeTries } from '../schema/arrivals.ts'
import { newId } from '../values/id.ts'
import { blindIndex, codeHash, deriveDigits, open, seal } from '../values/keys.ts'
import { phonePrefix } from '../values/phone.ts'
import { type Arrival, changeArrival } from './arrivals.ts'
import { codeLimits, lockSending, nextSendAt, refuseSend, type SendRefusal } from './code-limits.ts'

export const codeDigits = 6
export const codeLifeSeconds = 600
export const codeTriesMax = 5
/** Wrong tries over all codes of a number in 24 hours. */
export const phoneWrongTriesPerDay = 20
/** Wrong tries in a row, however long they take; then nothing for a day. */
export const phoneWrongTriesInARow = 100

export type Code = Pick<
  typeof codes.$inferSelect,
  'id' | 'attempts' | 'sends' | 'lastSentAt' | 'expiresAt' | 'consumedAt'
>

export type Asked =
  | { ok: true; code: Code; sent: boolean; isNew: boolean }
  | { ok: false; refusal: SendRefusal }

/**
 * Sends a code to a number, or the same code again while it lives (messages overtake each other, and a guest types
 * the older one). Asking again too soon sends nothing where a live code is on its way already. The message leaves by
 * a job of the same transaction.
 * @param compose the text of the message; pure.
 */
export function askCode(
  ctx: Ctx,
  input: {
    arrival: Arrival
    phone: string
    /** A button for another message was pressed, so a refusal is told; else a live code is answer enough. */
    again: boolean
    accepted?: { terms: boolean; marketing: boolean; locale: string }
    compose: (code: string) => { text: string; segments: number }
  },
): Promise<Asked> {
  return transaction(ctx, async (tx) => {
    await lockSending(tx, ctx)
    const phoneIndex = blindIndex(ctx.merchantId, 'phone', input.phone)
    const prefixIndex = blindIndex(ctx.merchantId, 'prefix', phonePrefix(input.phone))
    const { nasId, mac, siteId } = input.arrival
    const live = await liveCode(tx, ctx, { nasId, mac, phoneIndex })
    const merchant = await findMerchant(tx, ctx)
    const refusal = await refuseSend(tx, ctx, {
      phoneIndex,
      prefixIndex,
      nasId,
      mac,
      smsPerDay: merchant.settings.smsPerDay ?? codeLimits.merchantPerDay,
      isKnown: (await guestOfPhone(tx, ctx, input.phone)) !== undefined,
    })
    if (refusal && (!live || input.again)) return { ok: false, refusal }
    const step = input.accepted
      ? {
          termsAccepted: input.accepted.terms,
          marketingAccepted: input.accepted.marketing,
          locale: input.accepted.locale,
        }
      : {}
    if (refusal && live) {
      await changeArrival(tx, ctx, input.arrival.id, {
        ...step,
        step: 'code',
        phone: input.phone,
        codeId: live.id,
      })
      return { ok: true, code: live, sent: false, isNew: false }
    }
    const code = live ?? (await insertCode(tx, ctx, { ...input, phoneIndex, prefixIndex }))
    const message = input.compose(deriveDigits(code.id, codeDigits))
    await queueMessage(tx, ctx, { to: input.phone, ...message, kind: 'code', siteId, codeId: code.id })
    await tx.insert(codeSends).values({
      merchantId: ctx.merchantId,
      id: newId('snd'),
      codeId: code.id,
      siteId,
      nasId,
      mac,
      phoneIndex,
      prefixIndex,
      segments: message.segments,
      at: ctx.now,
    })
    const [sent] = await tx
      .update(codes)
      .set({ sends: sql`${codes.sends} + 1`, lastSentAt: ctx.now })
      .where(and(eq(codes.merchantId, ctx.merchantId), eq(codes.id, code.id)))
      .returning()
    await changeArrival(tx, ctx, input.arrival.id, {
      ...step,
      step: 'code',
      phone: input.phone,
      codeId: code.id,
    })
    return { ok: true, code: sent as Code, sent: true, isNew: !live }
  })
}

async function liveCode(
  tx: Tx,
  ctx: Ctx,
  at: { nasId: string; mac: string; phoneIndex: Buffer },
): Promise<Code | undefined> {
  const [code] = await tx
    .select()
    .from(codes)
    .where(
      and(
        eq(codes.merchantId, ctx.merchantId),
        eq(codes.nasId, at.nasId),
        eq(codes.mac, at.mac),
        eq(codes.phoneIndex, at.phoneIndex),
        isNull(codes.consumedAt),
        gt(codes.expiresAt, ctx.now),
        lt(codes.attempts, codeTriesMax),
      ),
    )
    .orderBy(desc(codes.createdAt))
    .limit(1)
  return code
}

async function insertCode(
  tx: Tx,
  ctx: Ctx,
  input: { arrival: Arrival; phone: string; phoneIndex: Buffer; prefixIndex: Buffer },
): Promise<Code> {
  const id = newId('cod')
  const [code] = await tx
    .insert(codes)
    .values({
      merchantId: ctx.merchantId,
      id,
      arrivalId: input.arrival.id,
      siteId: input.arrival.siteId,
      nasId: input.arrival.nasId,
      mac: input.arrival.mac,
      phoneSealed: seal(input.phone),
      phoneIndex: input.phoneIndex,
      prefixIndex: input.prefixIndex,
      codeHash: codeHash(id, input.phone, deriveDigits(id, codeDigits)),
      expiresAt: new Date(ctx.now.getTime() + codeLifeSeconds * 1000),
      createdAt: ctx.now,
    })
    .returning()
  return code as Code
}

/** The code an arrival waits for, and when its number may be sent another message. */
export async function codeOfArrival(
  tx: Tx,
  ctx: Ctx,
  arrival: Arrival,
): Promise<{ code: Code; nextSendAt: Date | undefined } | undefined> {
  if (!arrival.codeId) return undefined
  const [row] = await tx
    .select()
    .from(codes)
    .where(and(eq(codes.merchantId, ctx.merchantId), eq(codes.id, arrival.codeId)))
  return row && { code: row, nextSendAt: await nextSendAt(tx, ctx, row.phoneIndex) }
}

export type Redeemed =
  | { ok: true; phone: string }
  | { ok: false; reason: 'wrong'; triesLeft: number }
  /** used: somebody was faster with the right code. locked: this number has had too many wrong tries. */
  | { ok: false; reason: 'exhausted' | 'expired' | 'used' | 'locked' | 'none' }

/**
 * Tries a code, inside the transaction that grants access. One conditional UPDATE counts the try and, where the code
 * is right, burns it: of any number at once at most `codeTriesMax` are evaluated and at most one is right.
 */
export async function redeemCode(tx: Tx, ctx: Ctx, arrival: Arrival, typed: string): Promise<Redeemed> {
  if (!arrival.codeId) return { ok: false, reason: 'none' }
  const at = and(eq(codes.merchantId, ctx.merchantId), eq(codes.id, arrival.codeId))
  const [code] = await tx.select().from(codes).where(at)
  if (!code || code.nasId !== arrival.nasId || code.mac !== arrival.mac) return { ok: false, reason: 'none' }
  await tx.execute(
    sql`select pg_advisory_xact_lock(hashtextextended(${`tries ${code.phoneIndex.toString('hex')}`}, 0))`,
  )
  if (await isLocked(tx, ctx, code.phoneIndex)) return { ok: false, reason: 'locked' }
  const phone = open(code.phoneSealed)
  const [tried] = await tx
    .update(codes)
    .set({
      attempts: sql`${codes.attempts} + 1`,
      consumedAt: sql`case when ${codes.codeHash} = ${codeHash(code.id, phone, typed)} then ${ctx.now.toISOString()}::timestamptz end`,
    })
    .where(and(at, isNull(codes.consumedAt), gt(codes.expiresAt, ctx.now), lt(codes.attempts, codeTriesMax)))
    .returning()
  if (!tried) return { ok: false, reason: await whyNot(tx, ctx, code.id) }
  const wasRight = tried.consumedAt !== null
  await tx
    .insert(codeTries)
    .values({ merchantId: ctx.merchantId, phoneIndex: code.phoneIndex, wasRight, at: ctx.now })
  if (wasRight) return { ok: true, phone }
  const triesLeft = codeTriesMax - tried.attempts
  return triesLeft > 0 ? { ok: false, reason: 'wrong', triesLeft } : { ok: false, reason: 'exhausted' }
}

async function whyNot(tx: Tx, ctx: Ctx, codeId: string): Promise<'used' | 'expired' | 'exhausted'> {
  const [code] = await tx
    .select()
    .from(codes)
    .where(and(eq(codes.merchantId, ctx.merchantId), eq(codes.id, codeId)))
  if (code?.consumedAt) return 'used'
  return code && code.expiresAt > ctx.now ? 'exhausted' : 'expired'
}

async function isLocked(tx: Tx, ctx: Ctx, phoneIndex: Buffer): Promise<boolean> {
  const now = ctx.now.toISOString()
  const [row] = await tx.execute<{ today: number; row: number; last_today: boolean }>(sql`
    with tries as (select * from code_tries where merchant_id = ${ctx.merchantId} and phone_index = ${phoneIndex}),
    last_right as (select coalesce(max(seq), 0) as seq from tries where was_right)
    select (select count(*)::int from tries where not was_right and at > ${now}::timestamptz - interval '24 hours') as today,
      (select count(*)::int from tries, last_right where tries.seq > last_right.seq) as row,
      coalesce((select max(at) > ${now}::timestamptz - interval '24 hours' from tries), false) as last_today`)
  if (!row) return false
  return row.today >= phoneWrongTriesPerDay || (row.row >= phoneWrongTriesInARow && row.last_today)
}
