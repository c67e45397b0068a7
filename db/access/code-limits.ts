/**
 * How many code messages may leave, and when. Figures: reference of OWASP API4:2023 (toll fraud), ASVS 2.4.1,
 * Alibaba's and Twilio's own limits; all counted over the append-only `code_sends`, so they hold across processes
 * and restarts. The caller holds the merchant's lock, so that counting and writing are one step.
 */
import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'

export const codeLimits = {
  /** Seconds between two messages to one number: after the first, second, third, fourth of an hour. */
  backOffSeconds: [60, 120, 300, 900],
  phonePerHour: 5,
  phonePerDay: 10,
  devicePhonesPerDay: 3,
  devicePerDay: 8,
  prefixPer10Minutes: 5,
  prefixPerDay: 30,
  /** 30 a minute, measured over five so that a full room may come in at once. */
  gatewayPer5Minutes: 150,
  merchantPerDay: 500,
  /** Numbers proved before may go on after the merchant's cap, up to this much more. */
  knownShare: 1.2,
  /** Pumping: fewer than this share of the last 50 codes were ever typed. */
  enteredShare: 0.3,
  enteredOver: 50,
  pumpingStopSeconds: 3600,
}

export type SendRequest = {
  phoneIndex: Buffer
  prefixIndex: Buffer
  nasId: string
  mac: string
  /** Codes a day of this merchant. */
  smsPerDay: number
  /** The number was proved before. */
  isKnown: boolean
}

export type SendRefusal = {
  /** wait: this number or phone asked too often. sms-off: the gateway, the prefix or the merchant has had enough. */
  reason: 'wait' | 'sms-off'
  /** Which limit, for the log and the panel. */
  limit: 'back-off' | 'phone' | 'device' | 'prefix' | 'gateway' | 'merchant' | 'pumping'
  /** Earliest moment it may work again. */
  until: Date
}

/** undefined where one more message may be sent now. Run under `lockSending`. */
export async function refuseSend(tx: Tx, ctx: Ctx, request: SendRequest): Promise<SendRefusal | undefined> {
  const now = ctx.now.getTime()
  const row = await counts(tx, ctx, request)
  const later = (from: string | null, seconds: number) =>
    new Date((from ? Date.parse(from) : now) + seconds * 1000)
  const no = (reason: SendRefusal['reason'], limit: SendRefusal['limit'], until: Date) => ({
    reason,
    limit,
    until,
  })
  const next = nextSend(row, ctx.now)
  if (next && next.until > ctx.now) return no('wait', next.limit, next.until)
  if (row.device_day >= codeLimits.devicePerDay) return no('wait', 'device', later(row.device_oldest, 86_400))
  if (row.device_phones >= codeLimits.devicePhonesPerDay && !row.device_has_phone)
    return no('wait', 'device', later(row.device_oldest, 86_400))
  if (row.prefix_short >= codeLimits.prefixPer10Minutes)
    return no('sms-off', 'prefix', later(row.prefix_oldest, 600))
  if (row.prefix_day >= codeLimits.prefixPerDay) return no('sms-off', 'prefix', later(null, 3600))
  if (row.gateway_short >= codeLimits.gatewayPer5Minutes)
    return no('sms-off', 'gateway', later(row.gateway_oldest, 300))
  const cap = request.isKnown ? Math.floor(request.smsPerDay * codeLimits.knownShare) : request.smsPerDay
  if (row.merchant_day >= cap) return no('sms-off', 'merchant', later(null, 3600))
  if (
    !request.isKnown &&
    row.entered_of >= codeLimits.enteredOver &&
    row.entered < codeLimits.enteredShare * row.entered_of
  ) {
    const until = later(row.pumping_last, codeLimits.pumpingStopSeconds)
    if (until > ctx.now) return no('sms-off', 'pumping', until)
  }
  return undefined
}

/** When this number may be sent the next message; undefined where it never had one in the last day. */
export async function nextSendAt(tx: Tx, ctx: Ctx, phoneIndex: Buffer): Promise<Date | undefined> {
  const [row] = await tx.execute<PhoneCounts>(sql`select ${phoneCounts(ctx, phoneIndex)}`)
  return row ? nextSend(row, ctx.now)?.until : undefined
}

/** One at a time for each merchant: the counts below can not be outrun. */
export async function lockSending(tx: Tx, ctx: Ctx): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`codes ${ctx.merchantId}`}, 0))`)
}

type PhoneCounts = Record<string, unknown> & {
  phone_hour: number
  phone_day: number
  phone_last: string | null
  phone_hour_oldest: string | null
  phone_day_oldest: string | null
}
type Counts = PhoneCounts & {
  device_day: number
  device_phones: number
  device_has_phone: boolean
  device_oldest: string | null
  prefix_short: number
  prefix_day: number
  prefix_oldest: string | null
  gateway_short: number
  gateway_oldest: string | null
  merchant_day: number
  entered_of: number
  entered: number
  pumping_last: string | null
}

function nextSend(row: PhoneCounts, now: Date): { until: Date; limit: 'back-off' | 'phone' } | undefined {
  if (!row.phone_last || row.phone_day === 0) return undefined
  const after = (text: string | null, seconds: number) =>
    new Date(Date.parse(text ?? now.toISOString()) + seconds * 1000)
  if (row.phone_day >= codeLimits.phonePerDay)
    return { until: after(row.phone_day_oldest, 86_400), limit: 'phone' }
  if (row.phone_hour >= codeLimits.phonePerHour)
    return { until: after(row.phone_hour_oldest, 3600), limit: 'phone' }
  const waits = codeLimits.backOffSeconds
  const seconds = row.phone_hour === 0 ? 0 : (waits[Math.min(row.phone_hour, waits.length) - 1] as number)
  return { until: after(row.phone_last, seconds), limit: 'back-off' }
}

const ago = (ctx: Ctx, seconds: number) =>
  sql`(${ctx.now.toISOString()}::timestamptz - ${`${seconds} seconds`}::interval)`

function phoneCounts(ctx: Ctx, phoneIndex: Buffer) {
  const of = (what: ReturnType<typeof sql>, seconds: number) =>
    sql`(select ${what} from code_sends where merchant_id = ${ctx.merchantId} and phone_index = ${phoneIndex} and at > ${ago(ctx, seconds)})`
  return sql`${of(sql`count(*)::int`, 3600)} as phone_hour, ${of(sql`count(*)::int`, 86_400)} as phone_day,
    ${of(sql`max(at)`, 86_400)} as phone_last, ${of(sql`min(at)`, 3600)} as phone_hour_oldest,
    ${of(sql`min(at)`, 86_400)} as phone_day_oldest`
}

async function counts(tx: Tx, ctx: Ctx, request: SendRequest): Promise<Counts> {
  const { nasId, mac, phoneIndex, prefixIndex } = request
  const of = (what: ReturnType<typeof sql>, where: ReturnType<typeof sql>, seconds: number) =>
    sql`(select ${what} from code_sends where merchant_id = ${ctx.merchantId} and ${where} and at > ${ago(ctx, seconds)})`
  const count = sql`count(*)::int`
  const device = sql`nas_id = ${nasId} and mac = ${mac}`
  const prefix = sql`prefix_index = ${prefixIndex}`
  // The newest 50 whose ten minutes to type are not just beginning.
  const [row] = await tx.execute<Counts>(sql`
    with last_codes as (
      select s.code_id, s.at, c.consumed_at is not null as entered
      from code_sends s join codes c on c.merchant_id = s.merchant_id and c.id = s.code_id
      where s.merchant_id = ${ctx.merchantId} and s.at < ${ago(ctx, 120)}
      order by s.at desc limit ${codeLimits.enteredOver})
    select ${phoneCounts(ctx, phoneIndex)},
      ${of(count, device, 86_400)} as device_day,
      ${of(sql`count(distinct phone_index)::int`, device, 86_400)} as device_phones,
      ${of(sql`coalesce(bool_or(phone_index = ${phoneIndex}), false)`, device, 86_400)} as device_has_phone,
      ${of(sql`min(at)`, device, 86_400)} as device_oldest,
      ${of(count, prefix, 600)} as prefix_short, ${of(count, prefix, 86_400)} as prefix_day,
      ${of(sql`min(at)`, prefix, 600)} as prefix_oldest,
      ${of(count, sql`nas_id = ${nasId}`, 300)} as gateway_short,
      ${of(sql`min(at)`, sql`nas_id = ${nasId}`, 300)} as gateway_oldest,
      ${of(count, sql`true`, 86_400)} as merchant_day,
      (select count(*)::int from last_codes) as entered_of,
      (select count(*) filter (where entered)::int from last_codes) as entered,
      (select max(at) from last_codes) as pumping_last`)
  return row as Counts
}
