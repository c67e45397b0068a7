import type { Ctx } from '../../db/context.ts'
import type { Db } from '../../db/index.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { letIn, openShop, type Shop } from './people.ts'

export type TrafficOptions = {
  ports: { auth: number; acct: number }
  packetsPerSecond: number
  /** The access points' address. */
  address?: string
  /** Guests with a right. */
  guests?: number
}
export type Faults = {
  /** Acknowledged, and not in the ledger afterwards. */
  lost: number
  /** In the ledger, and never reported. */
  phantom: number
  /** One session in two rows, or more octets than were ever reported. */
  double: number
  /** An Accept for a device without a right or with a wrong password; a session still open whose Stop was acknowledged. */
  wronglyOnline: number
  /** A Reject for a device with a right. */
  wronglyRefused: number
}
export type TrafficFigures = Faults & {
  packetsPerSecond: number
  acknowledged: number
  accepted: number
  refused: number
  /** Requests of either kind that got no answer: the access point asks again, or another server. */
  unanswered: number
}

type Person = { mac: string; grantId: string }
type Session = { id: string; guest: Person; reports: number }
type Reported = { octets: bigint; acknowledged: bigint; isKnown: boolean; isOver: boolean }

/**
 * A shop at a steady rate: nine packets in ten report sessions (Start, interim reports that count up, Stop; most never
 * end), one asks for a device with a right, one without, or with a wrong password, and the right answer is known.
 */
export class Traffic {
  readonly #shop: Shop
  readonly #guests: Person[]
  readonly #nases: VirtualNas[]
  readonly #reported = new Map<string, Reported>()
  readonly #open: Session[] = []
  readonly #from = performance.now()
  readonly #timer: NodeJS.Timeout
  #sent = 0
  #acknowledged = 0
  #accepted = 0
  #refused = 0
  #unanswered = 0
  #wronglyOnline = 0
  #wronglyRefused = 0

  private constructor(options: TrafficOptions, shop: Shop, guests: Person[], nases: VirtualNas[]) {
    this.#shop = shop
    this.#guests = guests
    this.#nases = nases
    this.#timer = setInterval(() => {
      const due = ((performance.now() - this.#from) / 1000) * options.packetsPerSecond
      for (let burst = 0; this.#sent < due && burst < 50; burst++) this.#send()
    }, 10)
  }

  static async open(db: Db, options: TrafficOptions): Promise<Traffic> {
    const { ports, address = '127.0.0.1', guests: count = 20 } = options
    const shop = await openShop(db, { nas: { address, coaPort: 39_999 } })
    const guests = await guestsOf(shop, count)
    await new Promise((done) => setTimeout(done, 300))
    const nases = await Promise.all(
      Array.from({ length: 6 }, () =>
        VirtualNas.open({
          server: '127.0.0.1',
          authPort: ports.auth,
          acctPort: ports.acct,
          secret: shop.secret,
          address,
          timeoutMs: 500,
          tries: 2,
        }),
      ),
    )
    // Everybody was let in before anything happens, so that it is known to memory too.
    for (const { mac } of guests)
      await nases[0]?.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
    return new Traffic(options, shop, guests, nases)
  }

  get acknowledged(): number {
    return this.#acknowledged
  }

  get unanswered(): number {
    return this.#unanswered
  }

  /** Ends it, and holds what was acknowledged against the ledger, which must be there again. */
  async close(db: Db): Promise<TrafficFigures> {
    clearInterval(this.#timer)
    const packetsPerSecond = Math.round(this.#sent / ((performance.now() - this.#from) / 1000))
    await new Promise((done) => setTimeout(done, 1500))
    for (const nas of this.#nases) nas.close()
    const faults = await this.#compare(db)
    faults.wronglyOnline += this.#wronglyOnline
    return {
      packetsPerSecond,
      acknowledged: this.#acknowledged,
      accepted: this.#accepted,
      refused: this.#refused,
      unanswered: this.#unanswered,
      ...faults,
      wronglyRefused: this.#wronglyRefused,
    }
  }

  #send() {
    this.#sent++
    if (this.#sent % 10 === 0) void this.#ask()
    else void this.#report()
  }

  async #report() {
    const open = this.#open
    const isNew = this.#sent % 3 === 0 || open.length < 50
    const session = isNew ? this.#begin() : (open[this.#sent % open.length] as Session)
    const isStart = session.reports === 0
    const isStop = session.reports >= 6
    const octets = BigInt(session.reports) * 1000n
    session.reports++
    if (isStop) open.splice(open.indexOf(session), 1)
    const reported = this.#reported.get(session.id) as Reported
    reported.octets = octets
    const isAcknowledged = await this.#nas().account({
      status: isStart ? 'Start' : isStop ? 'Stop' : 'Interim-Update',
      acctSessionId: session.id,
      callingStationId: session.guest.mac,
      class: Buffer.from(session.guest.grantId),
      ...(isStart
        ? {}
        : { inputOctets: octets, outputOctets: octets * 7n, sessionTimeSeconds: session.reports }),
      ...(isStop ? { terminateCause: 1 } : {}),
    })
    if (!isAcknowledged) {
      this.#unanswered++
      return
    }
    this.#acknowledged++
    reported.isKnown = true
    reported.isOver ||= isStop
    if (octets > reported.acknowledged) reported.acknowledged = octets
  }

  #begin(): Session {
    const guest = this.#guests[this.#sent % this.#guests.length] as Person
    const session = { id: `steady-${this.#sent}`, guest, reports: 0 }
    this.#open.push(session)
    this.#reported.set(session.id, { octets: 0n, acknowledged: 0n, isKnown: false, isOver: false })
    return session
  }

  async #ask() {
    const turn = (this.#sent / 10) % 4
    const guest = this.#guests[(this.#sent / 10) % this.#guests.length] as Person
    // Two in four have a right; one is a stranger; one has a wrong password.
    const mac = turn === 2 ? `02-00-5E-99-${guest.mac.slice(-5)}` : guest.mac
    const answer = await this.#nas().authenticate(
      turn === 3
        ? { method: 'pap', userName: guest.grantId, password: 'wrong', callingStationId: mac }
        : { method: 'mac', userName: mac, callingStationId: mac },
    )
    if (!answer) {
      this.#unanswered++
      return
    }
    const isAccept = answer.code === codes['Access-Accept']
    if (isAccept) this.#accepted++
    else this.#refused++
    if (isAccept && turn > 1) this.#wronglyOnline++
    if (!isAccept && turn < 2) this.#wronglyRefused++
  }

  #nas(): VirtualNas {
    return this.#nases[this.#sent % this.#nases.length] as VirtualNas
  }

  async #compare(db: Db): Promise<Omit<Faults, 'wronglyRefused'>> {
    const rows = await db.sql<{ id: string; isOver: boolean; octets: string; more: string }[]>`
      select acct_session_id as id, stopped_at is not null as "isOver", input_octets as octets, output_octets as more
      from sessions where merchant_id = ${this.#shop.ctx.merchantId}`
    const found = Map.groupBy(rows, ({ id }) => id.split('~')[0] as string)
    const faults = { lost: 0, phantom: 0, double: 0, wronglyOnline: 0 }
    for (const [id, sessions] of found) {
      const reported = this.#reported.get(id)
      if (!reported) faults.phantom += sessions.length
      const most = reported?.octets ?? 0n
      if (sessions.length > 1 || sessions.some(({ octets, more }) => isMore(octets, more, most)))
        faults.double++
    }
    for (const [id, { acknowledged, isKnown, isOver }] of this.#reported) {
      if (!isKnown) continue
      const [session] = found.get(id) ?? []
      if (!session || BigInt(session.octets) < acknowledged || BigInt(session.more) < acknowledged * 7n)
        faults.lost++
      else if (isOver && !session.isOver) faults.wronglyOnline++
    }
    return faults
  }
}

const isMore = (octets: string, more: string, most: bigint) =>
  BigInt(octets) > most || BigInt(more) > most * 7n

const octet = (value: number) => (value & 255).toString(16).padStart(2, '0')

async function guestsOf(shop: Shop, count: number): Promise<Person[]> {
  const guests: Person[] = []
  for (let index = 0; index < count; index++) {
    const mac = `02-00-5E-10-${octet(index >> 8)}-${octet(index)}`
    const ctx: Ctx = { ...shop.ctx, now: new Date() }
    const grant = await letIn({ ...shop, ctx }, { phone: `1380013${String(1000 + index)}`, mac })
    guests.push({ mac, grantId: grant.id })
  }
  return guests
}
