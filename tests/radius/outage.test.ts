import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect, type Db, dial } from '../../db/index.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { createRadius, type Radius } from '../../radius/index.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { Gate } from './gate.ts'
import { freeUdpPort } from './support.ts'

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
const until = async (what: () => Promise<boolean> | boolean, ms = 8000) => {
  const end = Date.now() + ms
  while (!(await what())) {
    if (Date.now() > end) throw new Error('it did not come about')
    await pause(50)
  }
}

describe.each(['shut', 'silent'] as const)('The ledger is away (%s)', (away) => {
  let database: TestDatabase
  let gate: Gate
  let db: Db
  let radius: Radius
  let shop: Shop
  let nas: VirtualNas
  let spoolDir: string
  let ports: { auth: number; acct: number }
  const open = async (withSpool = true) => {
    const made = createRadius({
      db,
      config: {
        host: '127.0.0.1',
        authPort: ports.auth,
        acctPort: ports.acct,
        secretMin: 8,
        radsec: undefined,
      },
      ...(withSpool ? { spoolDir } : {}),
    })
    await made.listen()
    return made
  }
  beforeEach(async () => {
    database = await freshDatabase()
    const opened = await Gate.open(database.url)
    gate = opened.gate
    db = connect({ url: opened.url })
    spoolDir = mkdtempSync(join(tmpdir(), 'doorman-spool-'))
    ports = { auth: await freeUdpPort(), acct: await freeUdpPort() }
    shop = await openShop(database.db)
    radius = await open()
    nas = await VirtualNas.open({
      server: '127.0.0.1',
      authPort: ports.auth,
      acctPort: ports.acct,
      secret: shop.secret,
      timeoutMs: 1000,
      tries: 3,
    })
  })
  afterEach(async () => {
    nas.close()
    gate.set('open')
    await pause(300)
    await radius.close()
    gate.close()
    await db.close()
    await database.close()
    rmSync(spoolDir, { recursive: true, force: true })
  })
  const byMac = (mac: string) => nas.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
  const count = async (table: string) =>
    Number((await database.db.sql.unsafe(`select count(*) as count from ${table}`))[0]?.count)

  it('lets in who was let in before, for half an hour at most, and nobody else', async () => {
    const known = '02-00-00-00-10-01'
    const unknown = '02-00-00-00-10-02'
    await letIn(shop, { phone: '13800138001', mac: known })
    await letIn(shop, { phone: '13800138002', mac: unknown })
    const grant = await letIn(shop, { phone: '13800138003', mac: '02-00-00-00-10-03' })
    const userName = grant.credentialUserName as string
    const credential = {
      method: 'chap' as const,
      userName,
      password: credentialSecret(userName),
      callingStationId: '02-00-00-00-10-03',
    }
    expect((await byMac(known))?.code).toBe(codes['Access-Accept'])
    expect((await nas.authenticate(credential))?.code).toBe(codes['Access-Accept'])
    gate.set(away)
    await pause(100)
    const again = await byMac(known)
    expect(again?.code).toBe(codes['Access-Accept'])
    expect(again?.integer('Session-Timeout')).toBeLessThanOrEqual(1800)
    expect((await nas.authenticate(credential))?.code).toBe(codes['Access-Accept'])
    const wrong = await nas.authenticate({ ...credential, password: 'wrong' })
    expect(wrong?.code).toBe(codes['Access-Reject'])
    // A no would be a guess: another server may know better.
    expect(await byMac(unknown)).toBeUndefined()
    gate.set('open')
    await until(async () => (await byMac(unknown))?.code === codes['Access-Accept'])
  })

  it('keeps on disk what is reported, acknowledges it, and brings it into the ledger afterwards', async () => {
    const mac = '02-00-00-00-20-01'
    const base = { acctSessionId: 'through', callingStationId: mac }
    expect(await nas.account({ ...base, status: 'Start' })).toBe(true)
    gate.set(away)
    for (let index = 0; index < 200; index++)
      expect(
        await nas.account({
          ...base,
          status: 'Interim-Update',
          acctSessionId: `s ${index % 20}`,
          inputOctets: BigInt(index),
          sessionTimeSeconds: index,
        }),
      ).toBe(true)
    expect(
      await nas.account({ ...base, status: 'Stop', inputOctets: 5_000_000_000n, sessionTimeSeconds: 60 }),
    ).toBe(true)
    expect(await nas.account({ status: 'Accounting-On', acctSessionId: 'on', callingStationId: '' })).toBe(
      true,
    )
    expect(radius.spooledOctets()).toBeGreaterThan(0)
    expect(await nas.status('acct')).toBe(true)
    expect(await count('accounting_log')).toBe(1)
    gate.set('open')
    await until(async () => radius.spooledOctets() === 0)
    expect(await count('accounting_log')).toBe(1 + 200 + 1 + 1)
    const [row] = await database.db
      .sql`select input_octets, stopped_at is not null as is_over from sessions where acct_session_id = 'through'`
    expect(row).toMatchObject({ input_octets: '5000000000', is_over: true })
    const [rest] = await database.db
      .sql`select count(*)::int as count, count(stopped_at)::int as over, sum(input_octets)::int as octets from sessions where acct_session_id like 's %'`
    expect(rest).toMatchObject({
      count: 20,
      over: 20,
      octets: Array.from({ length: 20 }, (_, index) => 180 + index).reduce((a, b) => a + b),
    })
    expect(readdirSync(spoolDir)).toEqual([])
  })

  it('folds the visits of a crowd whose recording it never heard the end of', async () => {
    const guest = '02-00-00-00-40-01'
    // What an earlier run left unfolded has been looked for by then.
    await pause(1000)
    await letIn(shop, { phone: '13800138041', mac: guest })
    const start = (mac: string) =>
      nas.account({ status: 'Start', acctSessionId: `of ${mac}`, callingStationId: mac })
    const owner = dial(database.url, { max: 2, onnotice: () => {} })
    const crowd = Array.from({ length: 120 }, (_, index) =>
      start(`06-00-00-00-40-${index.toString(16).padStart(2, '0')}`),
    )
    expect(new Set(await Promise.all(crowd))).toEqual(new Set([true]))
    const waiting = () => owner`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    let asked: Promise<boolean> | undefined
    await owner.begin(async (tx) => {
      // A session is of a site: none can be written while this is held.
      await tx`select from sites where merchant_id = ${shop.ctx.merchantId} for update`
      asked = start(guest)
      await until(async () => (await waiting()).length === 1)
      gate.set(away)
    })
    expect(await asked).toBe(true)
    gate.set('open')
    await until(async () => (await count('sessions')) === 121 && radius.spooledOctets() === 0)
    const visits = () => database.db.sql`select from visits where merchant_id = ${shop.ctx.merchantId}`
    await until(async () => (await visits()).length === 1)
    await owner.end()
  }, 30_000)

  it('brings in after a crash what an earlier run had kept on disk', async () => {
    gate.set(away)
    await pause(100)
    for (let index = 0; index < 30; index++)
      expect(
        await nas.account({
          status: 'Start',
          acctSessionId: `kept ${index}`,
          callingStationId: '02-00-00-00-30-01',
        }),
      ).toBe(true)
    expect(readdirSync(spoolDir)).toHaveLength(1)
    await radius.close()
    gate.set('open')
    await until(async () => (await db.sql`select 1`.catch(() => [])).length === 1)
    radius = await open()
    await until(async () => radius.spooledOctets() === 0)
    expect(await count('sessions')).toBe(30)
    expect(await count('accounting_log')).toBe(30)
  })

  it('R-19 RFC 2866 §4.1: without a disk to keep it on it leaves what is reported unanswered, and R-33 RFC 5997 §4.2: Status-Server falls silent on the accounting port, and speaks again when the ledger is back', async () => {
    await radius.close()
    radius = await open(false)
    expect(await nas.status('acct')).toBe(true)
    gate.set(away)
    await until(() => !radius.canRecord())
    expect(await nas.status('acct')).toBe(false)
    expect(await nas.status('auth')).toBe(true)
    const asking = nas.account({
      status: 'Start',
      acctSessionId: 'later',
      callingStationId: '02-00-00-00-40-01',
    })
    expect(await asking).toBe(false)
    gate.set('open')
    await until(() => radius.canRecord())
    expect(
      await nas.account({ status: 'Start', acctSessionId: 'later', callingStationId: '02-00-00-00-40-01' }),
    ).toBe(true)
    expect(await count('sessions')).toBe(1)
  })
})
