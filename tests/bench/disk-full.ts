import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { pause, Service } from '../support/service.ts'
import { Traffic, type TrafficFigures } from '../support/traffic.ts'

export type DiskFullFigures = TrafficFigures & {
  secondsFull: number
  /** What was acknowledged with no octet left; all of it must be there afterwards. */
  acknowledgedFull: number
  unansweredFull: number
  readyAfterMs: number
}

/**
 * The disk that holds database, spool and logs, filled to the last octet while access points report; then space is made
 * again. A file system in memory of the benchmark's own, which takes root to mount.
 */
export async function run(options: {
  quick?: boolean
  seconds?: number
  log?: (line: string) => void
}): Promise<DiskFullFigures | { skipped: string }> {
  const { quick = false, seconds = quick ? 5 : 30, log = () => {} } = options
  const service = await Service.prepare()
  if (!mounted(service.dataDir)) {
    await service.close()
    return { skipped: 'Only root may mount a file system.' }
  }
  try {
    await service.begin()
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 2 })
    const traffic = await Traffic.open(db, { ports: service.ports, packetsPerSecond: 300 })
    await pause(1500)
    const { acknowledged, unanswered } = traffic
    const ballast = join(service.dataDir, 'ballast')
    const end = performance.now() + seconds * 1000
    // Again and again: what is freed meanwhile is taken too.
    for (let part = 0; performance.now() < end; part++) {
      fill(`${ballast}-${part % 2}`)
      await pause(200)
    }
    const full = {
      acknowledgedFull: traffic.acknowledged - acknowledged,
      unansweredFull: traffic.unanswered - unanswered,
    }
    log(`full: ${JSON.stringify(full)}`)
    for (const part of [0, 1]) rmSync(`${ballast}-${part}`, { force: true })
    const from = performance.now()
    while (!(await service.isReady())) {
      if (performance.now() - from > 60_000)
        throw new Error(`it did not come back:\n${service.output.slice(-4000)}`)
      await pause(25)
    }
    const readyAfterMs = Math.round(performance.now() - from)
    await pause(2000)
    await service.spoolDrained()
    await db.close()
    const fresh = connect({ url: service.databaseUrl, max: 2 })
    const figures = await traffic.close(fresh)
    await fresh.close()
    return { secondsFull: seconds, ...full, readyAfterMs, ...figures }
  } finally {
    if (service.child?.exitCode === null && service.child.signalCode === null) await service.end()
    // Lazily: a database that is still ending must not keep it.
    execFileSync('umount', ['-l', service.dataDir])
    await service.close()
  }
}

function mounted(folder: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=300m,mode=755', 'tmpfs', folder], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Appends until there is no room for one more octet. */
function fill(path: string) {
  const file = openSync(path, 'a')
  try {
    for (let size = 1 << 20; size >= 1; ) {
      try {
        writeSync(file, Buffer.alloc(size))
      } catch {
        size = size >> 2
      }
    }
  } finally {
    closeSync(file)
  }
}
