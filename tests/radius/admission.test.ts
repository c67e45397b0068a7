import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { credentialSecret } from '../../db/values/credential.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { nasOf, type RadiusHouse, radiusHouse } from './support.ts'

describe('An access point asks whether a guest may be online', () => {
  let house: RadiusHouse
  let shop: Shop
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas: { address: '127.0.0.1' } })
    await new Promise((done) => setTimeout(done, 100))
  })
  afterAll(() => house.close())

  it.each(['pap', 'chap'] as const)(
    'accepts a guest with a fresh credential by %s, with the limits of the plan',
    async (method) => {
      const mac = method === 'pap' ? '02-00-00-00-01-01' : '02-00-00-00-01-02'
      const grant = await letIn(shop, { phone: method === 'pap' ? '13800138001' : '13800138002', mac })
      const nas = await nasOf(house, shop)
      const userName = grant.credentialUserName as string
      const answer = await nas.authenticate({
        method,
        userName,
        password: credentialSecret(userName),
        callingStationId: mac,
      })
      expect(answer?.code).toBe(codes['Access-Accept'])
      expect(answer?.integer('Session-Timeout')).toBe(7200)
      expect(answer?.integer('Idle-Timeout')).toBe(1200)
      expect(answer?.integer('Acct-Interim-Interval')).toBe(600)
      expect(answer?.text('Class')).toBe(grant.id)
      expect(answer?.vendor(14122, 8)?.readUInt32BE()).toBe(20_000_000)
      expect(answer?.vendor(14559, 4)?.readUInt32BE()).toBe(10_000)
      expect(answer?.vendor(14988, 8)?.toString()).toBe('10000k/20000k')
      expect([...(answer ?? [])][0]?.type).toBe(80)
      nas.close()
    },
  )

  it('answers the same device again for a minute, and nobody else ever', async () => {
    const mac = '02-00-00-00-01-03'
    const grant = await letIn(shop, { phone: '13800138003', mac })
    const userName = grant.credentialUserName as string
    const good = {
      method: 'pap' as const,
      userName,
      password: credentialSecret(userName),
      callingStationId: mac,
    }
    const nas = await nasOf(house, shop)
    const other = await openShop(house.db, { nas: { address: '127.0.0.2' } })
    await new Promise((done) => setTimeout(done, 100))
    const stranger = await nasOf(house, other)
    expect((await stranger.authenticate(good))?.code).toBe(codes['Access-Reject'])
    expect((await nas.authenticate({ ...good, callingStationId: '02-00-00-00-01-99' }))?.code).toBe(
      codes['Access-Reject'],
    )
    expect((await nas.authenticate({ ...good, password: 'wrong' }))?.code).toBe(codes['Access-Reject'])
    expect((await nas.authenticate(good))?.code).toBe(codes['Access-Accept'])
    expect((await nas.authenticate(good))?.code).toBe(codes['Access-Accept'])
    expect((await nas.authenticate({ ...good, callingStationId: '02-00-00-00-01-99' }))?.code).toBe(
      codes['Access-Reject'],
    )
    expect((await stranger.authenticate(good))?.code).toBe(codes['Access-Reject'])
    await house.db.sql`update grants set bound_at = bound_at - interval '61 seconds' where id = ${grant.id}`
    expect((await nas.authenticate(good))?.code).toBe(codes['Access-Reject'])
    nas.close()
    stranger.close()
  })

  it('refuses a credential that ran out, a revoked grant and a blocked guest', async () => {
    const nas = await nasOf(house, shop)
    const cases = {
      'credential_expires_at = now()': 'grants',
      'revoked_at = now()': 'grants',
      'blocked_at = now()': 'guests',
    }
    for (const [index, [change, table]] of Object.entries(cases).entries()) {
      const mac = `02-00-00-00-02-0${index}`
      const grant = await letIn(shop, { phone: `1380013801${index}`, mac })
      const id = table === 'grants' ? grant.id : grant.guestId
      await house.db.sql.unsafe(`update ${table} set ${change} where id = $1`, [id])
      const userName = grant.credentialUserName as string
      const answer = await nas.authenticate({
        method: 'pap',
        userName,
        password: credentialSecret(userName),
        callingStationId: mac,
      })
      expect(answer?.code, change).toBe(codes['Access-Reject'])
    }
    nas.close()
  })

  it('lets one of 100 requests for one credential through when each comes from another device', async () => {
    const mac = '02-00-00-00-03-00'
    const grant = await letIn(shop, { phone: '13800138030', mac })
    const userName = grant.credentialUserName as string
    const nas = await nasOf(house, shop)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        nas.authenticate({
          method: 'pap',
          userName,
          password: credentialSecret(userName),
          callingStationId: `02-00-00-00-03-${index.toString(16).padStart(2, '0')}`,
        }),
      ),
    )
    expect(answers.filter((answer) => answer?.code === codes['Access-Accept'])).toHaveLength(1)
    nas.close()
  })

  it('has the tables analysed as guests sign in, though no gateway reports yet', async () => {
    const nas = await nasOf(house, shop)
    for (let guest = 0; guest < 25; guest++) {
      const mac = `02-00-00-00-09-${guest.toString(16).padStart(2, '0')}`
      const grant = await letIn(shop, { phone: `1380014${String(guest).padStart(4, '0')}`, mac })
      const userName = grant.credentialUserName as string
      const password = credentialSecret(userName)
      const asks = Array.from({ length: 8 }, () =>
        nas.authenticate({ method: 'pap', userName, password, callingStationId: mac }),
      )
      for (const answer of await Promise.all(asks)) expect(answer?.code).toBe(codes['Access-Accept'])
    }
    await vi.waitFor(async () => {
      const [grants] = await house.db
        .sql`select last_analyze from pg_stat_user_tables where relname = 'grants'`
      expect(grants?.last_analyze).toBeInstanceOf(Date)
    }, 10_000)
    nas.close()
  })

  it.each(['02-00-00-00-04-00', '02:00:00:00:04:00', '020000000400', '0200.0000.0400', '0200-0000-0400'])(
    'lets a remembered device straight on that calls itself %s, and not an unknown one',
    async (spelling) => {
      await letIn(shop, { phone: '13800138040', mac: '02-00-00-00-04-00' })
      const nas = await nasOf(house, shop)
      const answer = await nas.authenticate({
        method: 'mac',
        userName: spelling,
        callingStationId: '02-00-00-00-04-00',
      })
      expect(answer?.code).toBe(codes['Access-Accept'])
      expect(answer?.text('Reply-Message')).toBeUndefined()
      const unknown = await nas.authenticate({
        method: 'mac',
        userName: '02-00-00-00-04-77',
        callingStationId: '02-00-00-00-04-77',
      })
      expect(unknown?.code).toBe(codes['Access-Reject'])
      nas.close()
    },
  )

  it('does not answer a NAS that uses another secret, and shows what is wrong with it', async () => {
    const nas = await nasOf(house, shop, { secret: 'another secret' })
    expect(
      await nas.authenticate({
        method: 'pap',
        userName: 'x',
        password: 'y',
        callingStationId: '02-00-00-00-05-00',
      }),
    ).toBeUndefined()
    await house.radius.flush()
    const problems = await house.db
      .sql`select kind from nas_problems where nas_id = ${shop.nas.id} and cleared_at is null`
    expect(problems.map((row) => row.kind)).toContain('bad-auth-secret')
    nas.close()
  })

  it('does not answer a source nobody has registered, and shows it', async () => {
    const nas = await nasOf(house, shop, { address: '127.0.0.77', nasIdentifier: 'new-ap' })
    expect(
      await nas.authenticate({
        method: 'pap',
        userName: 'x',
        password: 'y',
        callingStationId: '02-00-00-00-05-01',
      }),
    ).toBeUndefined()
    await house.radius.flush()
    const strangers = await house.db.sql`select address, nas_identifier from unknown_nas`
    expect(strangers.map((row) => [row.address, row.nas_identifier])).toContainEqual(['127.0.0.77', 'new-ap'])
    nas.close()
  })

  it('finds a NAS whose address changes by its NAS-Identifier', async () => {
    const roaming = await openShop(house.db, { nas: { address: null, nasIdentifier: 'van-1' } })
    await new Promise((done) => setTimeout(done, 100))
    const nas = await nasOf(house, roaming, { address: '127.0.0.88', nasIdentifier: 'van-1' })
    expect(await nas.status('auth')).toBe(true)
    expect(await nas.status('acct')).toBe(true)
    nas.close()
  })
})
