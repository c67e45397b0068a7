import type { Ctx } from '../../db/context.ts'
import { connect, type Db } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { pause, Service } from '../support/service.ts'
import { type SystemPostgres, startSystemPostgres } from '../support/system-postgres.ts'

export type KillOptions = {
  rounds?: number
  packetsPerSecond?: number
  databases?: ('embedded' | 'system')[]
  /** Two rounds only: shows that it runs. */
  quick?: boolean
  log?: (line: string) => void
}
export type KillFigures = {
  rounds: number
  acknowledged: number
  /** Acknowledged, and not in the database afterwards. */
  lost: number
  worstBackMs: number
  packetsPerSecond: number
}

/**
 * kill -9 of the process while access points report, again and again: whatever was acknowledged must be on file,
 * and the next process must be ready soon.
 */
export async function run(options: KillOptions = {}): Promise<Record<string, KillFigures>> {
  const { databases = ['embedded', 'system'], log: say = () => {} } = options
  const figures: Record<string, KillFigures> = {}
  for (const kind of databases) {
    const system = kind === 'system' ? await startSystemPostgres() : undefined
    if (kind === 'system' && !system) {
      say('No PostgreSQL of the system: apt-get install postgresql, or set DATABASE_URL.')
      continue
    }
    const name = system ? `PostgreSQL ${system.version}` : 'embedded'
    try {
      const { rounds = options.quick ? 2 : 10, packetsPerSecond = 300 } = options
      figures[name] = await onDatabase(system, { rounds, packetsPerSecond, say })
      say(`${name}: ${JSON.stringify(figures[name])}`)
    } finally {
      await system?.close()
    }
  }
  return figures
}

type Asked = { rounds: number; packetsPerSecond: number; say: (line: string) => void }

async function onDatabase(system: SystemPostgres | undefined, asked: Asked): Promise<KillFigures> {
  const service = await Service.prepare(system ? { DATABASE_URL: await system.newDatabase() } : {})
  try {
    await service.begin()
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 2 })
    const traffic = await openTraffic(service, db, asked.packetsPerSecond)
    const back: number[] = []
    for (let round = 1; round <= asked.rounds; round++) {
      await pause(1500 + Math.random() * 1000)
      await service.end('SIGKILL')
      const { readyAfterMs } = await service.begin()
      back.push(readyAfterMs)
      asked.say(`round ${round}: ready again after ${Math.round(readyAfterMs)} ms`)
    }
    await pause(1000)
    const sentPerSecond = await traffic.close()
    // A fresh connection: the old ones may have died with a database that was restarted.
    await db.close()
    const fresh = connect({ url: service.databaseUrl, max: 2 })
    const lost = await countLost(fresh, traffic.acknowledged)
    await fresh.close()
    return {
      rounds: asked.rounds,
      acknowledged: traffic.acknowledged.length,
      lost,
      worstBackMs: Math.round(Math.max(...back)),
      packetsPerSecond: Math.round(sentPerSecond),
    }
  } finally {
    await service.close()
  }
}

type Acknowledged = { id: string; status: 'Start' | 'Interim-Update' | 'Stop'; octets: bigint }

/** Sessions of real guests at a steady rate: Start, interim reports that count up, Stop; two in three never end. */
async function openTraffic(service: Service, db: Db, packetsPerSecond: number) {
  const shop = await openShop(db, { nas: { address: '127.0.0.1', coaPort: 39_999 } })
  const guests = await guestsOf(shop, 20)
  const nases = await Promise.all(
    [0, 1, 2, 3].map(() =>
      VirtualNas.open({
        server: '127.0.0.1',
        authPort: service.ports.auth,
        acctPort: service.ports.acct,
        secret: shop.secret,
        timeoutMs: 500,
        tries: 2,
      }),
    ),
  )
  const acknowledged: Acknowledged[] = []
  const open: { id: string; guest: (typeof guests)[0]; reports: number }[] = []
  let sent = 0
  const from = performance.now()
  const sendOne = () => {
    const session =
      sent % 3 === 0 || open.length < 50 ? begin() : (open[sent % open.length] as (typeof open)[0])
    const isStart = session.reports === 0
    const isStop = session.reports >= 6
    const status = isStart ? 'Start' : isStop ? 'Stop' : 'Interim-Update'
    const octets = BigInt(session.reports) * 1000n
    session.reports++
    if (isStop) open.splice(open.indexOf(session), 1)
    const nas = nases[sent % nases.length] as VirtualNas
    sent++
    void nas
      .account({
        status,
        acctSessionId: session.id,
        callingStationId: session.guest.mac,
        class: Buffer.from(session.guest.grantId),
        ...(isStart
          ? {}
          : { inputOctets: octets, outputOctets: octets, sessionTimeSeconds: session.reports }),
        ...(isStop ? { terminateCause: 1 } : {}),
      })
      .then((isAcknowledged) => {
        if (isAcknowledged) acknowledged.push({ id: session.id, status, octets })
      })
  }
  const begin = () => {
    const session = {
      id: `kill-${sent}`,
      guest: guests[sent % guests.length] as (typeof guests)[0],
      reports: 0,
    }
    open.push(session)
    return session
  }
  const timer = setInterval(() => {
    const due = ((performance.now() - from) / 1000) * packetsPerSecond
    for (let burst = 0; sent < due && burst < 50; burst++) sendOne()
  }, 10)
  return {
    acknowledged,
    close: async () => {
      clearInterval(timer)
      const perSecond = sent / ((performance.now() - from) / 1000)
      await pause(1500)
      for (const nas of nases) nas.close()
      return perSecond
    },
  }
}

async function guestsOf(shop: Shop, count: number): Promise<{ mac: string; grantId: string }[]> {
  const guests: { mac: string; grantId: string }[] = []
  for (let index = 0; index < count; index++) {
    const mac = `02-00-5E-10-00-${index.toString(16).padStart(2, '0')}`
    const ctx: Ctx = { ...shop.ctx, now: new Date() }
    const grant = await letIn({ ...shop, ctx }, { phone: `1380013${String(1000 + index)}`, mac })
    guests.push({ mac, grantId: grant.id })
  }
  return guests
}

/** Acknowledged records that the ledger does not show. */
async function countLost(db: Db, acknowledged: Acknowledged[]): Promise<number> {
  const rows = await db.sql<{ id: string; stopped: boolean; octets: string }[]>`
    select acct_session_id as id, stopped_at is not null as stopped, input_octets as octets from sessions`
  const sessions = new Map(rows.map((row) => [row.id, row]))
  return acknowledged.filter(({ id, status, octets }) => {
    const session = sessions.get(id)
    if (!session) return true
    return BigInt(session.octets) < octets || (status === 'Stop' && !session.stopped)
  }).length
}
