import { createSocket, type Socket } from 'node:dgram'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oldPostgres } from '../support/old-postgres.ts'
import { ended, Service } from '../support/service.ts'

/** Lines for the person who started it: one for each thing that is wrong. */
async function refusalOf(service: Service, env: Record<string, string> = {}) {
  service.output = ''
  const { code } = await ended(service.launch(env))
  const problems = service.output.split('\n').filter((line) => line.startsWith('- '))
  return { code, problems, output: service.output }
}

describe('A start that can not be', () => {
  let service: Service
  beforeAll(async () => {
    service = await Service.prepare()
  })
  afterAll(() => service.close())

  it('names every port that is taken, in one go, and how to move each', async () => {
    const { http, auth, acct } = service.ports
    const taken = [await takeTcp(http), await takeUdp(auth), await takeUdp(acct)]
    const { code, problems, output } = await refusalOf(service)
    for (const one of taken) one.close()
    expect(code).toBe(1)
    expect(problems).toHaveLength(3)
    for (const [index, variable] of ['PORT', 'RADIUS_AUTH_PORT', 'RADIUS_ACCT_PORT'].entries())
      expect(problems[index]).toContain(`in use by another program. Stop that one, or set ${variable}`)
    expect(output).not.toMatch(/^ {4}at /m)
  })

  it('names a database that is not there beside a port that is taken', async () => {
    const taken = await takeTcp(service.ports.http)
    const { code, problems } = await refusalOf(service, {
      DATABASE_URL: 'postgres://a:b@127.0.0.1:1/doorman',
    })
    taken.close()
    expect(code).toBe(1)
    expect(problems).toEqual([
      expect.stringContaining('TCP port'),
      '- The database at 127.0.0.1:1/doorman can not be reached: nothing listens there. Check DATABASE_URL.',
    ])
  })

  it('refuses a PostgreSQL that is too old, and says which one it needs', async () => {
    const old = await oldPostgres(140_009)
    const { code, problems } = await refusalOf(service, { DATABASE_URL: old.url })
    old.close()
    expect(code).toBe(1)
    expect(problems).toEqual([expect.stringMatching(/is PostgreSQL 14; Doorman needs 15 or newer\.$/)])
  })

  it('names every variable that is wrong, in one go', async () => {
    const { code, problems } = await refusalOf(service, {
      PORT: 'eighty',
      ROLE: 'boss',
      MESSENGER: 'webhook',
    })
    expect(code).toBe(1)
    expect(problems.map((line) => line.split(' ')[1])).toEqual([
      'PORT',
      'ROLE',
      'WEBHOOK_URL',
      'WEBHOOK_SECRET',
    ])
  })

  it('says that a folder can not be written', async () => {
    const file = join(service.dataDir, 'file')
    writeFileSync(file, '')
    const { code, problems } = await refusalOf(service, { DATA_DIR: join(file, 'data') })
    expect(code).toBe(1)
    expect(problems).toEqual([expect.stringContaining('can not be written')])
  })

  it('says that an address is not of this machine', async () => {
    const { code, problems } = await refusalOf(service, { HOST: '203.0.113.7' })
    expect(code).toBe(1)
    expect(problems).toHaveLength(3)
    expect(problems[0]).toContain('this machine has no address 203.0.113.7')
  })
})

const takeTcp = (port: number) =>
  new Promise<Server>((done) => {
    const server = createServer()
    server.listen(port, '127.0.0.1', () => done(server))
  })

const takeUdp = (port: number) =>
  new Promise<Socket>((done) => {
    const socket = createSocket('udp4')
    socket.bind(port, '127.0.0.1', () => done(socket))
  })
