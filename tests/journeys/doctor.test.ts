import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { pause, Service } from '../support/service.ts'

type Finding = { check: string; state: 'ok' | 'warning' | 'fault'; text: string; remedy?: string }
type Told = { ok: number; warnings: number; faults: number; checks: Finding[] }

describe('The doctor', () => {
  let service: Service
  const examine = async (...words: string[]) => {
    const answer = await service.doorman<Told>('doctor', ...words)
    return { code: answer.code, checks: answer.json?.checks ?? [] }
  }
  const faultsOf = (checks: Finding[]) => checks.filter((one) => one.state === 'fault')
  beforeAll(async () => {
    service = await Service.start()
    const owner = ['--owner-email', 'owner@example.com', '--owner-password', 'correct horse battery']
    const gateway = [
      '--gateway',
      'uam',
      '--nas-address',
      '127.0.0.1',
      '--nas-secret',
      'a secret of sixteen and more',
    ]
    const made = await service.doorman('setup', '--merchant', 'Tea', '--site', 'Tea', ...owner, ...gateway)
    if (made.code !== 0) throw new Error(made.stderr)
  }, 60_000)
  afterAll(() => service.close())

  it('finds no fault with a service that has just been set up, and says what is still to do', async () => {
    const { code, checks } = await examine('--site', 'tea')
    expect({ code, faults: faultsOf(checks) }).toEqual({ code: 0, faults: [] })
    expect(checks.find((one) => one.check === 'service')?.state).toBe('ok')
    expect(checks.find((one) => one.check.startsWith('gateway tea/'))?.text).toContain(
      'Nothing was ever heard',
    )
    for (const one of checks.filter(({ state }) => state !== 'ok')) expect(one.remedy).toBeTruthy()
  })

  it('names the gateway whose shared secret is wrong, and what to do', async () => {
    const nas = await VirtualNas.open({
      server: '127.0.0.1',
      authPort: service.ports.auth,
      acctPort: service.ports.acct,
      secret: 'another secret',
      timeoutMs: 100,
      tries: 1,
    })
    const asking = {
      method: 'pap',
      userName: 'g',
      password: 'x',
      callingStationId: '02-00-00-00-00-01',
    } as const
    expect(await nas.authenticate(asking)).toBe(undefined)
    nas.close()
    await pause(2000)
    const { code, checks } = await examine()
    expect(code).toBe(1)
    expect(faultsOf(checks)).toEqual([
      expect.objectContaining({ text: expect.stringContaining('asks with a wrong shared secret') }),
    ])
  })

  it('sees that others may read the secret key', async () => {
    const key = join(service.dataDir, 'secret-key')
    chmodSync(key, 0o644)
    const { checks } = await examine()
    chmodSync(key, 0o600)
    expect(faultsOf(checks)).toContainEqual(
      expect.objectContaining({ check: 'secret key', remedy: `chmod 600 ${key}` }),
    )
  })

  it('sees that another key is not the one of this database', async () => {
    const { SECRET_KEY: before } = service.env
    service.env.SECRET_KEY = 'a key that this database was not made with'
    const { checks } = await examine()
    service.env.SECRET_KEY = before ?? ''
    expect(faultsOf(checks)).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('can not be opened') }),
    )
  })

  it('tells of wrong variables instead of giving up on them', async () => {
    service.env.ROLE = 'boss'
    const { code, checks } = await examine()
    service.env.ROLE = ''
    expect(code).toBe(1)
    expect(checks).toEqual([expect.objectContaining({ check: 'settings', state: 'fault' })])
  })

  it('takes an option it does not know for a wrong argument', async () => {
    expect((await service.doorman('doctor', '--fast')).code).toBe(2)
    expect((await service.doorman('demo', '--guests', 'many')).code).toBe(2)
  })
})
