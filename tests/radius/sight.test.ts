import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createMetrics } from '../../admin/process/metrics.ts'
import { Secret } from '../../radius/authenticator.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { hidePassword } from '../../radius/password.ts'
import { latencyEdges } from '../../radius/sight.ts'
import type { VirtualNas } from '../../radius/virtual-nas.ts'
import { Writer } from '../../radius/writer.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { nasOf, type RadiusHouse, radiusHouse } from './support.ts'

describe('What is seen of each access point', () => {
  let house: RadiusHouse
  let shop: Shop
  let nas: VirtualNas
  const mac = '02-00-00-00-81-01'
  beforeAll(async () => {
    house = await radiusHouse()
    shop = await openShop(house.db, { nas: { address: '127.0.0.81' } })
    await new Promise((done) => setTimeout(done, 150))
    nas = await nasOf(house, shop)
    await letIn(shop, { phone: '13800138081', mac })
  })
  afterAll(async () => {
    nas.close()
    await house.close()
  })
  const metrics = () =>
    createMetrics({
      version: 'test',
      pulse: async () => undefined,
      radius: { ...house.radius, edges: latencyEdges },
    }).text()
  const value = async (line: string) =>
    Number(
      (await metrics())
        .split('\n')
        .find((one) => one.startsWith(line))
        ?.replace(/^.* /, ''),
    )
  const lastPacket = async () => {
    await house.radius.flush()
    const [row] = await house.db.sql`select packet from nas_last_packets where nas_id = ${shop.nas.id}`
    return row?.packet as
      | { code: string; attributes: { name: string; value: string; isMasked: boolean }[] }
      | undefined
  }

  it('is counted by what became of it and why, and by how long it took', async () => {
    const labels = `nas="${shop.nas.id}",site="${shop.site.slug}",port="auth"`
    await nas.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
    await nas.authenticate({
      method: 'mac',
      userName: '02-00-00-00-81-99',
      callingStationId: '02-00-00-00-81-99',
    })
    expect(await value(`doorman_nas_requests_total{${labels}}`)).toBe(2)
    expect(await value(`doorman_nas_accepts_total{${labels}}`)).toBe(1)
    expect(await value(`doorman_nas_rejects_total{${labels},reason="no-grant"}`)).toBe(1)
    expect(await value(`doorman_nas_answer_seconds_bucket{${labels},le="+Inf"}`)).toBe(2)
    expect(await value(`doorman_nas_answer_seconds_count{${labels}}`)).toBe(2)
    expect(await value('doorman_radius_spool_octets')).toBe(0)
  })

  it('names nobody who is not registered: all strangers are one label', async () => {
    for (const address of ['127.0.0.82', '127.0.0.83']) {
      const stranger = await nasOf(house, shop, { address })
      await stranger.authenticate({ method: 'mac', userName: mac, callingStationId: mac })
      stranger.close()
    }
    const text = await metrics()
    const lines = text
      .split('\n')
      .filter((line) => line.includes('reason="unknown-nas"') && line.includes('nas='))
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/nas="unknown",site="",port="auth".* 4$/)
    expect(text).not.toContain('127.0.0.8')
    expect(text).not.toContain(mac)
  })

  it('shows the last packet by the names of its attributes, without password, person or device', async () => {
    const secret = new Secret(shop.secret)
    const authenticator = randomBytes(16)
    const request = secret.signAccessRequest(
      new Writer()
        .begin(codes['Access-Request'], 7, { messageAuthenticator: true })
        .text('User-Name', '13812345678')
        .octets('User-Password', hidePassword(Buffer.from('open sesame'), authenticator, secret))
        .text('Calling-Station-Id', 'A6-4F-11-22-33-2E')
        .address('Framed-IP-Address', '192.168.7.61')
        .text('NAS-Identifier', 'counter-ap')
        .text('Called-Station-Id', '00-11-22-33-44-55:Teahouse')
        .text('Acct-Session-Id', 'A64F1122332E-77')
        .integer('NAS-Port-Type', 19)
        .vendor(9, 1, Buffer.from('client=Zhang San'))
        .raw(200, Buffer.from('who knows'))
        .take(),
      authenticator,
    )
    const socket = createSocket('udp4')
    await new Promise<void>((done) => socket.bind(0, '127.0.0.81', () => done()))
    await new Promise<void>((done) => {
      socket.once('message', () => done())
      socket.send(request, house.ports.auth, '127.0.0.1')
    })
    socket.close()
    const packet = await lastPacket()
    expect(packet?.code).toBe('Access-Request')
    const shown = Object.fromEntries((packet?.attributes ?? []).map(({ name, value }) => [name, value]))
    expect(shown).toMatchObject({
      'User-Name': '13••',
      'User-Password': '•• (16)',
      'Calling-Station-Id': 'a6:4f:••:••:••:2e',
      'Framed-IP-Address': '192.168.7.••',
      'NAS-Identifier': 'counter-ap',
      'Called-Station-Id': '00-11-22-33-44-55:Teahouse',
      'Acct-Session-Id': 'a6:4f:••:••:••:2e-77',
      'NAS-Port-Type': 'Wireless-802.11 (19)',
      'Vendor 9 1': '•• (16)',
      'Attribute 200': '•• (9)',
      'Message-Authenticator': '•• (16)',
    })
    const text = JSON.stringify(packet)
    for (const word of ['13812345678', 'sesame', 'A6-4F-11-22-33', '1122332E', 'Zhang', 'who knows', '.61'])
      expect(text).not.toContain(word)
  })

  it('is of many packets in one second the last one', async () => {
    for (let seconds = 1; seconds <= 50; seconds++)
      await nas.account({
        status: 'Interim-Update',
        acctSessionId: 'many',
        callingStationId: mac,
        sessionTimeSeconds: seconds,
      })
    const packet = await lastPacket()
    expect(packet?.attributes).toContainEqual({ name: 'Acct-Session-Time', value: '50', isMasked: false })
    expect(packet?.attributes).toContainEqual({
      name: 'Acct-Status-Type',
      value: 'Interim-Update (3)',
      isMasked: false,
    })
  })
})
