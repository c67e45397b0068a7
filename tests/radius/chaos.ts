import type { Db } from '../../db/index.ts'
import { systemTransaction, transaction } from '../../db/index.ts'
import { insertNas } from '../../db/network/nas.ts'
import { letIn, openShop } from '../support/people.ts'
import { Random } from '../support/random.ts'
import { ChaosProxy } from './chaos-proxy.ts'
import { type Attribute, u32 } from './oracle.ts'
import { PatientNas } from './patient-nas.ts'
import { attributesOf, causes, macOf, type ScriptedSession, writeScript } from './script.ts'

export type ChaosFigures = {
  seed: number
  sessions: number
  reports: number
  sent: number
  lostOnTheWay: number
  repeatedOnTheWay: number
  /** Sum of all differences between the script and the ledger. */
  octetsOff: number
  timesOff: number
  causesOff: number
  missing: number
  phantom: number
  double: number
  seconds: number
}

/** Plays a script of sessions through a bad network, and compares every row of the ledger with the script. */
export async function playChaos(
  place: { db: Db; acctPort: number },
  asked: {
    sessions: number
    seed: number
    nases?: number
    atOncePerNas?: number
    firstMs?: number
    log?: (line: string) => void
  },
): Promise<ChaosFigures> {
  const { seed, nases: count = 10, atOncePerNas = 40, firstMs = 300, log = () => {} } = asked
  const random = new Random(seed)
  const chaos = { seed, lose: 0.2, repeat: 0.1, delayMs: firstMs / 12, lateMs: firstMs * 3 }
  const proxy = await ChaosProxy.open(place.acctPort, chaos)
  const addresses = Array.from({ length: count }, (_, index) => `127.0.77.${index + 1}`)
  const { secret, merchantId, guests } = await settle(place.db, addresses)
  const nases = await Promise.all(
    addresses.map((address, index) =>
      PatientNas.open({
        address,
        secret,
        port: proxy.port,
        seed: seed + index,
        firstMs,
        lastMs: firstMs * 8,
        tellsDelay: index % 2 === 0,
      }),
    ),
  )
  const from = performance.now()
  const script = writeScript(random, { sessions: asked.sessions, nases: count, nowMs: Date.now(), guests })
  const tell = (session: ScriptedSession, line: ScriptedSession['lines'][0]) =>
    (nases[line.nas] as PatientNas).report(
      attributesOf(session, line, addresses[line.nas] as string),
      line.atMs,
    )
  const play = async (session: ScriptedSession) => {
    if (!session.hurries) {
      for (const line of session.lines) await tell(session, line)
      return
    }
    const [start, ...rest] = session.lines
    if (start) await tell(session, start)
    // Two at a time: the second may be there first.
    for (let at = 0; at < rest.length; at += 2)
      await Promise.all(rest.slice(at, at + 2).map((line) => tell(session, line)))
  }
  const playAll = async (sessions: ScriptedSession[]) => {
    let next = 0
    const worker = async () => {
      for (let index = next++; index < sessions.length; index = next++) {
        await play(sessions[index] as ScriptedSession)
        if (index % 1000 === 999) log(`${index + 1} of ${sessions.length} sessions told`)
      }
    }
    await Promise.all(Array.from({ length: count * atOncePerNas }, worker))
    // What the network still holds arrives before the next act, as it would in the minutes between.
    await proxy.idle()
  }
  await playAll(script.before)
  await Promise.all(
    script.rebooting.map(async (index) => {
      const restart = (status: number, atMs: number) =>
        (nases[index] as PatientNas).report(rebootOf(addresses[index] as string, status, atMs), atMs)
      if (index % 2 === 0) await restart(8, script.rebootAtMs)
      await restart(7, script.rebootAtMs + 40_000)
    }),
  )
  await proxy.idle()
  await playAll(script.after)
  const seconds = (performance.now() - from) / 1000
  for (const nas of nases) nas.close()
  await proxy.close()
  const sessions = [...script.before, ...script.after]
  return {
    seed,
    sessions: sessions.length,
    reports: sessions.reduce((sum, { lines }) => sum + lines.length, 0),
    sent: nases.reduce((sum, nas) => sum + nas.sent, 0),
    lostOnTheWay: proxy.lost,
    repeatedOnTheWay: proxy.repeated,
    ...(await compare(place.db, merchantId, sessions, log)),
    seconds: Math.round(seconds),
  }
}

/** A shop with these access points and forty guests with rights. */
async function settle(db: Db, addresses: string[]) {
  const [first, ...others] = addresses
  const shop = await openShop(db, { nas: { address: first as string } })
  await transaction(shop.ctx, async (tx) => {
    for (const address of others)
      await insertNas(tx, shop.ctx, shop.site.id, { gateway: 'uam', address, secret: shop.secret }, 8)
  })
  const guests: { mac: string; grantId: string }[] = []
  for (let index = 0; index < 40; index++) {
    const mac = macOf(0xf0000000 + index)
    const grant = await letIn(shop, { phone: `1380014${1000 + index}`, mac })
    guests.push({ mac, grantId: grant.id })
  }
  // Every process hears of the new ones within a moment.
  await new Promise((done) => setTimeout(done, 500))
  return { secret: shop.secret, merchantId: shop.ctx.merchantId, guests }
}

const rebootOf = (address: string, status: number, atMs: number): Attribute[] => [
  [4, Buffer.from(address.split('.').map(Number))],
  [40, u32(status)],
  [44, Buffer.from('reboot')],
  [55, u32(atMs / 1000)],
]

type Row = {
  id: string
  mac: string
  input: string
  output: string
  seconds: number
  started: Date
  stopped: Date | null
  cause: string | null
  grant: string | null
}

async function compare(db: Db, merchantId: string, script: ScriptedSession[], log: (line: string) => void) {
  const rows = await systemTransaction(
    db,
    async () => db.sql<Row[]>`
      select acct_session_id as id, calling_station_id as mac, input_octets as input, output_octets as output,
        session_time_seconds as seconds, started_at as started, stopped_at as stopped, terminate_cause as cause,
        grant_id as grant
      from sessions where merchant_id = ${merchantId} order by started_at`,
  )
  const key = (id: string, mac: string) => `${id.split('~')[0]} ${mac.replaceAll('-', '').toLowerCase()}`
  const found = Map.groupBy(rows, ({ id, mac }) => key(id, mac))
  const figures = { octetsOff: 0, timesOff: 0, causesOff: 0, missing: 0, phantom: 0, double: 0 }
  const off = (one: bigint, other: bigint) => Number(one > other ? one - other : other - one)
  for (const session of script.toSorted((one, other) => startOf(one) - startOf(other))) {
    const row = found.get(key(session.id, session.mac))?.shift()
    if (!row) {
      figures.missing++
      continue
    }
    const last = session.lines.at(-1) as ScriptedSession['lines'][0]
    const cause = session.endsByReboot ? 'NAS-Reboot' : causes[last.cause as keyof typeof causes]
    const octets = off(BigInt(row.input), last.input) + off(BigInt(row.output), last.output)
    const isTimeOff =
      row.started.getTime() !== startOf(session) ||
      row.stopped?.getTime() !== last.atMs ||
      row.seconds !== last.seconds
    const isCauseOff = row.cause !== cause || row.grant !== (session.grantId ?? null)
    figures.octetsOff += octets
    if (isTimeOff) figures.timesOff++
    if (isCauseOff) figures.causesOff++
    if (octets || isTimeOff || isCauseOff) log(`differs: ${words(session)} but ${words(row)}`)
  }
  for (const rest of found.values())
    for (const row of rest) {
      const isKnown = script.some(({ id, mac }) => key(id, mac) === key(row.id, row.mac))
      figures[isKnown ? 'double' : 'phantom']++
      log(`${isKnown ? 'double' : 'phantom'}: ${words(row)}`)
    }
  return figures
}

const startOf = ({ lines }: ScriptedSession) => lines[0]?.atMs ?? 0
const words = (value: object) =>
  JSON.stringify(value, (_key, one) => (typeof one === 'bigint' ? String(one) : one))
