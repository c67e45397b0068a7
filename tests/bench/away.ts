import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { Gate } from '../radius/gate.ts'
import { residentMb } from '../support/processes.ts'
import { pause, Service } from '../support/service.ts'
import { startSystemPostgres } from '../support/system-postgres.ts'
import { Traffic, type TrafficFigures } from '../support/traffic.ts'

export type AwayFigures = TrafficFigures & {
  minutesAway: number
  /** While it was away: devices with a right let in, and how many such requests got no answer at all. */
  unansweredAway: number
  spooledMb: number
  /** Until all of the spool was in the ledger, after it was back. */
  drainedMs: number
  residentMb: number
}

/**
 * The database away for minutes at 300 packets a second, behind a gate that refuses: who has a right stays online,
 * nobody else gets there, and what was reported meanwhile is in the ledger soon after.
 */
export async function run(options: {
  quick?: boolean
  minutes?: number
  packetsPerSecond?: number
  log?: (line: string) => void
}): Promise<AwayFigures | { skipped: string }> {
  const { quick = false, minutes = quick ? 1 / 3 : 10, packetsPerSecond = 300, log = () => {} } = options
  const system = await startSystemPostgres()
  if (!system) return { skipped: 'No PostgreSQL of the system: apt-get install postgresql.' }
  const real = await system.newDatabase()
  const { gate, url } = await Gate.open(real)
  const service = await Service.prepare({ DATABASE_URL: url })
  try {
    await service.begin()
    initKeys(service.secretKey)
    const db = connect({ url: real, max: 2 })
    const traffic = await Traffic.open(db, {
      ports: service.ports,
      packetsPerSecond,
      guests: quick ? 20 : 1000,
    })
    const pid = service.child?.pid ?? 0
    await pause(3000)
    const before = traffic.unanswered
    gate.set('shut')
    let most = 0
    for (const end = performance.now() + minutes * 60_000; performance.now() < end; ) {
      await pause(1000)
      most = Math.max(most, residentMb(pid))
    }
    const unansweredAway = traffic.unanswered - before
    const spooledMb = Math.round(((await service.metric('doorman_radius_spool_octets')) ?? 0) / 1e5) / 10
    log(`away for ${minutes} min: ${spooledMb} MB on disk, ${most} MB resident`)
    gate.set('open')
    const drainedMs = Math.round(await service.spoolDrained(120_000))
    log(`drained in ${drainedMs} ms`)
    await pause(1000)
    await service.spoolDrained()
    most = Math.max(most, residentMb(pid))
    const figures = await traffic.close(db)
    await db.close()
    return { minutesAway: minutes, unansweredAway, spooledMb, drainedMs, residentMb: most, ...figures }
  } finally {
    await service.close()
    gate.close()
    await system.close()
  }
}
