import { closeSync, fdatasyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** Ticks of the processor, a hundredth of a second each: of each process that there is, and of the whole machine. Linux. */
export type Ticks = { processes: Map<number, { parent: number; ticks: number }>; all: number; idle: number }

/** What has been used until now, read from proc(5). */
export function ticksNow(): Ticks {
  const processes: Ticks['processes'] = new Map()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The second field is a name in brackets and may hold anything (proc(5)).
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')
      processes.set(Number(name), {
        parent: Number(fields[1]),
        ticks: Number(fields[11]) + Number(fields[12]),
      })
    } catch {
      // It has ended meanwhile.
    }
  }
  const [all = []] = readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .map((line) => line.split(/ +/).slice(1).map(Number))
  return {
    processes,
    all: all.slice(0, 8).reduce((sum, one) => sum + one, 0),
    idle: (all[3] ?? 0) + (all[4] ?? 0),
  }
}

/** Microseconds of processor that a process and all that descend from it have taken between two moments. */
export function spentBy(root: number, before: Ticks, after: Ticks): number {
  const isOf = (pid: number): boolean =>
    pid === root || (pid > 1 && isOf(after.processes.get(pid)?.parent ?? 0))
  let ticks = 0
  for (const [pid, now] of after.processes)
    if (isOf(pid)) ticks += now.ticks - (before.processes.get(pid)?.ticks ?? 0)
  return ticks * 10_000
}

/** What a log costs that is flushed: 8 kB written and fdatasync, one after the other, in milliseconds, quickest first. */
export function flushTimes(folder: string, count: number): number[] {
  const path = join(folder, 'flushed')
  const file = openSync(path, 'w')
  const page = Buffer.alloc(8192, 1)
  const times: number[] = []
  // Over the same megabyte, as a log is written that has its file already.
  for (let index = -128; index < count; index++) {
    const from = performance.now()
    writeSync(file, page, 0, page.length, ((index + 128) % 128) * page.length)
    fdatasyncSync(file)
    if (index >= 0) times.push(performance.now() - from)
  }
  closeSync(file)
  rmSync(path)
  return times.sort((a, b) => a - b)
}
