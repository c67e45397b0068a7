import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect as connectTcp, type Socket } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { openShop } from '../support/people.ts'
import { ended, pause, Service } from '../support/service.ts'

describe('A service that is told to end', () => {
  let service: Service
  beforeEach(async () => {
    service = await Service.start()
  })
  afterEach(() => service.close())

  it('answers the request that is under way, takes no new one, and leaves no database behind', async () => {
    const request = await halfSent(service)
    const end = service.end('SIGTERM')
    await pause(300)
    expect(await service.isReady()).toBe(false)
    request.socket.write('b=2')
    expect(await request.answer).toMatch(/^HTTP\/1\.1 4\d\d /)
    expect(await end).toMatchObject({ code: 0 })
    expect(existsSync(join(service.dataDir, 'postgres', 'postmaster.pid'))).toBe(false)
  })

  it('does not wait for ever for somebody who never finishes a request', async () => {
    await halfSent(service)
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
  })

  it('takes the second Ctrl-C for the same one where npm passes it on, and for an order where a person repeats it', async () => {
    await halfSent(service)
    const { child } = service
    if (!child) throw new Error('it does not run')
    child.kill('SIGINT')
    await pause(100)
    child.kill('SIGINT')
    await pause(300)
    expect(child.exitCode).toBe(null)
    await pause(1000)
    child.kill('SIGINT')
    expect(await ended(child)).toMatchObject({ code: 130 })
  })

  it('ends where npm began it and npm is told, as a supervisor of services does', async () => {
    await service.end()
    const npm = spawn('npm', ['start'], {
      cwd: new URL('../../', import.meta.url).pathname,
      env: { ...process.env, ...service.env },
      stdio: 'ignore',
    })
    for (let tries = 0; tries < 300 && !(await service.isReady()); tries++) await pause(100)
    expect(await service.isReady()).toBe(true)
    npm.kill('SIGTERM')
    expect(await ended(npm)).toMatchObject({ code: 0 })
    expect(await service.isReady()).toBe(false)
    expect(existsSync(join(service.dataDir, 'postgres', 'postmaster.pid'))).toBe(false)
  }, 60_000)

  it('has every accounting packet on file that it acknowledged, and the next one takes the rest', async () => {
    initKeys(service.secretKey)
    const before = connect({ url: service.databaseUrl, max: 1 })
    const shop = await openShop(before)
    await before.close()
    const nas = await VirtualNas.open({
      server: '127.0.0.1',
      authPort: service.ports.auth,
      acctPort: service.ports.acct,
      secret: shop.secret,
      timeoutMs: 400,
      tries: 40,
    })
    const reports = Array.from({ length: 150 }, (_, index) =>
      nas.account({
        status: 'Start',
        acctSessionId: `drain-${index}`,
        callingStationId: `02-00-5E-20-00-${index.toString(16).padStart(2, '0')}`,
      }),
    )
    await pause(5)
    expect(await service.end('SIGTERM')).toMatchObject({ code: 0 })
    await service.begin()
    expect(await Promise.all(reports)).not.toContain(false)
    nas.close()
    const after = connect({ url: service.databaseUrl, max: 1 })
    const [row] = await after.sql`select count(*)::int as count from sessions`
    await after.close()
    expect(row?.count).toBe(150)
  }, 60_000)
})

/** A form of which only the first half has come. */
async function halfSent(service: Service): Promise<{ socket: Socket; answer: Promise<string> }> {
  const socket = connectTcp(service.ports.http, '127.0.0.1')
  await new Promise<void>((done) => socket.once('connect', () => done()))
  const head = ['POST /s/nowhere/language HTTP/1.1', 'Host: 127.0.0.1', 'Content-Length: 7']
  socket.write([...head, 'Content-Type: application/x-www-form-urlencoded', '', 'a=1&'].join('\r\n'))
  const answer = new Promise<string>((done) => {
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk
      done(text)
    })
    socket.on('close', () => done(text))
    socket.on('error', () => done(text))
  })
  await pause(100)
  return { socket, answer }
}
