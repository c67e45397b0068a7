import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { connect } from '../../db/index.ts'
import { createRadius } from '../../radius/index.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { freshDatabase } from '../support/database.ts'
import { openShop } from '../support/people.ts'
import { Gate } from './gate.ts'
import { freeUdpPort } from './support.ts'

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

it('R-29, F-3: an access point that reboots before the spool is drained leaves nobody online whose Start lay there', async () => {
  const database = await freshDatabase()
  const { gate, url } = await Gate.open(database.url)
  const db = connect({ url })
  const spoolDir = mkdtempSync(join(tmpdir(), 'doorman-spool-'))
  const ports = { authPort: await freeUdpPort(), acctPort: await freeUdpPort() }
  const config = { host: '127.0.0.1', ...ports, secretMin: 8, radsec: undefined }
  const open = async () => {
    const made = createRadius({ db, config, spoolDir })
    await made.listen()
    return made
  }
  const shop = await openShop(database.db)
  let radius = await open()
  const nas = await VirtualNas.open({ server: '127.0.0.1', ...ports, secret: shop.secret, tries: 5 })
  try {
    gate.set('shut')
    await pause(100)
    const ago = (seconds: number) => ({ delaySeconds: seconds, callingStationId: '02-00-00-00-50-01' })
    for (let index = 0; index < 20; index++)
      expect(await nas.account({ ...ago(300), status: 'Start', acctSessionId: `before ${index}` })).toBe(true)
    await radius.close()
    gate.set('open')
    while ((await db.sql`select 1`.catch(() => [])).length === 0) await pause(50)
    radius = await open()
    // Half a second before the spool is looked at for the first time.
    expect(await nas.account({ ...ago(100), status: 'Accounting-On', acctSessionId: 'on' })).toBe(true)
    expect(await nas.account({ ...ago(50), status: 'Start', acctSessionId: 'after' })).toBe(true)
    while (radius.spooledOctets() > 0) await pause(50)
    const rows = await database.db.sql`
      select acct_session_id as id, terminate_cause as cause from sessions where stopped_at is null`
    expect(rows.map(({ id }) => id)).toEqual(['after'])
    const [ended] = await database.db
      .sql`select count(*)::int as count from sessions where terminate_cause = 'NAS-Reboot'`
    expect(ended?.count).toBe(20)
  } finally {
    nas.close()
    await radius.close()
    gate.close()
    await db.close()
    await database.close()
    rmSync(spoolDir, { recursive: true, force: true })
  }
})
