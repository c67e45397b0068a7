import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Service } from '../support/service.ts'

describe('One shop served by a process for each role', () => {
  let portal: Service
  const others: Service[] = []
  beforeAll(async () => {
    portal = await Service.start({ ROLE: 'portal' })
    for (const ROLE of ['radius', 'admin', 'worker']) {
      const { RADIUS_AUTH_PORT = '', RADIUS_ACCT_PORT = '' } = portal.env
      others.push(await Service.start({ ROLE, DATA_DIR: portal.dataDir, RADIUS_AUTH_PORT, RADIUS_ACCT_PORT }))
    }
  }, 120_000)
  afterAll(async () => {
    for (const service of [...others, portal]) await service.close()
  })

  it('brings guests online with pages from one process and RADIUS from another', async () => {
    const owner = ['--owner-email', 'owner@example.com', '--owner-password', 'correct horse battery']
    const gateway = [
      '--gateway',
      'uam',
      '--nas-address',
      '127.0.0.1',
      '--nas-secret',
      'a secret of sixteen and more',
    ]
    const made = await portal.doorman('setup', '--merchant', 'Tea', '--site', 'Tea', ...owner, ...gateway)
    expect(made.code).toBe(0)
    const { json, stderr } = await portal.doorman(
      'ap',
      '--site',
      'tea',
      '--guests',
      '3',
      '--leave-after',
      '1',
    )
    expect(json, stderr).toMatchObject({ online: 3, failed: 0 })
  }, 60_000)

  it('shows each only what is its own', async () => {
    const [radius, admin, worker] = others
    const statusOf = async (service: Service | undefined, path: string) =>
      (await fetch(`${service?.url}${path}`, { redirect: 'manual' })).status
    expect(await statusOf(portal, '/s/tea')).toBe(200)
    expect(await statusOf(portal, '/api/v1/guests')).toBe(404)
    expect(await statusOf(admin, '/api/v1/guests')).toBe(401)
    expect(await statusOf(admin, '/s/tea')).toBe(404)
    expect(await statusOf(admin, '/')).toBe(302)
    for (const service of [radius, worker]) {
      expect(await statusOf(service, '/healthz')).toBe(200)
      expect(await statusOf(service, '/s/tea')).toBe(404)
    }
  })
})
