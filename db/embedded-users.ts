import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The processes that use one embedded database: a file each, so that the last one out can turn off the light. */
export type Users = {
  /** Runs `fn` while no other process starts or stops the server. */
  alone<T>(fn: () => Promise<T>): Promise<T>
  /** Takes this process off the list and tells `fn`, still alone, whether it was the last. */
  leave(fn: (isLast: boolean) => Promise<void>): Promise<void>
}

let inThisProcess = 0

export async function joinUsers(dataDir: string): Promise<Users> {
  const folder = join(dataDir, 'run')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const mine = join(folder, `${process.pid}-${++inThisProcess}`)
  const alone = <T>(fn: () => Promise<T>) => withLock(join(folder, 'lock'), fn)
  await alone(async () => writeFileSync(mine, startOf(process.pid)))
  let left = false
  return {
    alone,
    leave: async (fn) => {
      if (left) return
      left = true
      await alone(async () => {
        rmSync(mine, { force: true })
        await fn(othersIn(folder) === 0)
      })
    },
  }
}

function othersIn(folder: string): number {
  let alive = 0
  for (const name of readdirSync(folder)) {
    const pid = Number(name.split('-')[0])
    if (!pid) continue
    if (startOf(pid) !== '' && startOf(pid) === readFileSync(join(folder, name), 'utf8')) alive++
    else rmSync(join(folder, name), { force: true })
  }
  return alive
}

/** When a process began: with its number this names it for ever. '' where there is none. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''
  } catch {
    if (existsSync('/proc/self/stat')) return ''
  }
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch {
    return ''
  }
}

async function withLock<T>(lock: string, fn: () => Promise<T>): Promise<T> {
  const until = Date.now() + 60_000
  for (;;) {
    try {
      writeFileSync(lock, `${process.pid} ${startOf(process.pid)}`, { flag: 'wx' })
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      breakStale(lock)
      if (Date.now() > until)
        throw new Error('Another process has been starting or stopping the database for a minute.')
      await new Promise((done) => setTimeout(done, 50))
    }
  }
  try {
    return await fn()
  } finally {
    rmSync(lock, { force: true })
  }
}

/** A lock whose holder was killed is nobody's. */
function breakStale(lock: string) {
  try {
    const [pid, start] = readFileSync(lock, 'utf8').split(' ')
    // Empty while its holder is between making and writing it.
    if (!pid && Date.now() - statSync(lock).mtimeMs < 2000) return
    if (!pid || startOf(Number(pid)) !== start) rmSync(lock, { force: true })
  } catch {
    // Gone by itself.
  }
}
