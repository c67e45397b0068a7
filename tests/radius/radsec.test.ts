import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addNas, changeNas, removeNas } from '../../db/network/nas.ts'
import { credentialSecret } from '../../db/values/credential.ts'
import { codes } from '../../radius/dictionary/index.ts'
import { Frames } from '../../radius/radsec/frames.ts'
import { authority } from '../support/certificates.ts'
import { letIn, openShop, type Shop } from '../support/people.ts'
import { freeTcpPort } from '../support/ports.ts'
import { accessRequest, accountingRequest, RadsecClient, radsec, statusServer } from './radsec-client.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'doorman-radsec-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('A gateway that speaks RADIUS over TLS (RFC 6614)', () => {
  const ours = authority(folder, 'ours')
  const theirs = authority(folder, 'theirs')
  const server = ours.sign('doorman')
  const files = {
    certFile: join(folder, 'server.pem'),
    keyFile: join(folder, 'server.key'),
    caFile: ours.caFile,
  }
  const gateway = ours.sign('Gateway 7', ['DNS:ap-7.tea.example'])
  const strangers: string[][] = []
  const faults: unknown[] = []
  let port: number
  let house: RadiusHouse
  let shop: Shop
  let phone = 13_800_140_000
  let station = 0

  beforeAll(async () => {
    writeFileSync(files.certFile, server.cert)
    writeFileSync(files.keyFile, server.key)
    port = await freeTcpPort()
    const udp = { authPort: port, acctPort: await freeTcpPort() }
    house = await radiusHouse({
      config: { host: '127.0.0.1', secretMin: 8, ...udp, radsec: { port, ...files } },
      onError: (error) => faults.push(error),
      onStranger: (names) => strangers.push([...names]),
      radsecLimits: { unansweredMax: 8, connectionsOfOneMax: 4, lookEveryMs: 100 },
    })
    shop = await openShop(house.db, { nas: { address: null, tlsIdentity: 'AP-7.tea.example' } })
    await new Promise((done) => setTimeout(done, 150))
  }, 60_000)
  afterAll(() => house.close())

  const open = (by: { cert: string; key: string } | undefined = gateway) =>
    RadsecClient.open(port, {
      rejectUnauthorized: false,
      ...(by ? { cert: by.cert, key: by.key } : {}),
    })
  const counted = (name: string) => house.radius.stats()[name] ?? 0
  const newGuest = async () => {
    const mac = `02-00-00-00-70-${(++station).toString(16).padStart(2, '0')}`
    const grant = await letIn(shop, { phone: String(++phone), mac })
    const userName = grant.credentialUserName as string
    return { mac, grant, userName, password: credentialSecret(userName) }
  }

  it.each(['pap', 'chap'] as const)(
    'gets a guest in by %s and knows it by its certificate alone',
    async (method) => {
      const ap = await open()
      const guest = await newGuest()
      const request = accessRequest(7, { ...guest, method })
      const answer = await ap.ask(request)
      expect(answer?.code).toBe(codes['Access-Accept'])
      expect(answer?.text('Class')).toBe(guest.grant.id)
      expect(answer && radsec.verifiesResponse(answer, request.subarray(4, 20))).toBe(true)
      expect(answer && radsec.verifiesMessage(answer, request.subarray(4, 20))).toBe(true)
      const wrong = await ap.ask(accessRequest(8, { ...guest, method, password: 'wrong' }))
      expect(wrong?.code).toBe(codes['Access-Reject'])
      ap.close()
    },
  )

  it('needs no Message-Authenticator in an Access-Request: TLS has seen to it', async () => {
    const ap = await open()
    const guest = await newGuest()
    expect((await ap.ask(accessRequest(1, { ...guest, signed: false })))?.code).toBe(codes['Access-Accept'])
    ap.close()
  })

  it('has accounting on record before it is acknowledged, on the same port, and is told that we are alive', async () => {
    const ap = await open()
    const guest = await newGuest()
    await ap.ask(accessRequest(1, guest))
    const start = { status: 'Start' as const, session: 'tls-1', mac: guest.mac, class: guest.grant.id }
    const answer = await ap.ask(accountingRequest(2, { ...start, octets: 4711 }))
    expect(answer?.code).toBe(codes['Accounting-Response'])
    const rows = await house.db
      .sql`select guest_id, input_octets from sessions where acct_session_id = 'tls-1'`
    expect(rows).toMatchObject([{ guest_id: guest.grant.guestId, input_octets: '4711' }])
    const alive = await ap.ask(statusServer(3))
    expect(alive?.code).toBe(codes['Access-Accept'])
    ap.close()
  })

  it('may cut its packets anywhere and send many in one', async () => {
    const ap = await open()
    const guests = await Promise.all(Array.from({ length: 20 }, newGuest))
    const stream = Buffer.concat(guests.map((guest, index) => accessRequest(index, guest)))
    for (let at = 0; at < stream.length; ) {
      const size = at % 7 === 0 ? 1 : 333
      ap.socket.write(stream.subarray(at, at + size))
      at += size
      if (at % 3 === 0) await new Promise((done) => setTimeout(done, 2))
    }
    // Eight at most are worked on at once: the others wait in the stream, and none is lost.
    await expect.poll(() => ap.came.length).toBe(20)
    expect(new Set(ap.came.map(({ identifier }) => identifier)).size).toBe(20)
    expect(ap.came.every(({ code }) => code === codes['Access-Accept'])).toBe(true)
    ap.close()
  })

  it.each([
    ['no certificate', () => undefined, 'no-certificate'],
    ['one of another authority', () => theirs.sign('Gateway 7', ['DNS:ap-7.tea.example']), 'bad-certificate'],
    [
      'one that ran out',
      () => ours.sign('Gateway 7', ['DNS:ap-7.tea.example'], { days: -1 }),
      'bad-certificate',
    ],
    ['one nobody has registered', () => ours.sign('Gateway 8', ['DNS:ap-8.tea.example']), 'unknown-identity'],
    [
      'one whose name merely looks like a fingerprint',
      () => ours.sign(gateway.fingerprint.replaceAll(':', '').toLowerCase()),
      'unknown-identity',
    ],
  ])('is not let in with %s, and that is counted', async (_what, certificate, reason) => {
    const before = counted(`radsec.refused.${reason}`)
    const guest = await newGuest()
    const by = certificate()
    const ap = by ? await open(by) : await RadsecClient.open(port, { rejectUnauthorized: false })
    expect(await ap.ask(accessRequest(1, guest))).toBeUndefined()
    await ap.closed
    expect(ap.came).toEqual([])
    await expect.poll(() => counted(`radsec.refused.${reason}`)).toBe(before + 1)
  })

  it('is told to the operator by fingerprint and names where it is not registered', () => {
    expect(strangers.map(([, ...names]) => names)).toContainEqual(['ap-8.tea.example', 'gateway 8'])
    expect(strangers.every(([fingerprint]) => /^[0-9a-f]{64}$/.test(fingerprint ?? ''))).toBe(true)
  })

  it('may not speak TLS 1.1, nor anything but TLS', async () => {
    const old = await RadsecClient.open(port, {
      ...gateway,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    })
    await old.closed
    const plain = connectTcp(port, '127.0.0.1')
    plain.on('error', () => {})
    plain.write(statusServer(1))
    await new Promise((done) => plain.once('close', done))
    expect(old.came).toEqual([])
    const ap = await open()
    expect((await ap.ask(statusServer(1)))?.code).toBe(codes['Access-Accept'])
    ap.close()
  })

  const spoiled: [string, () => Buffer][] = [
    ['a Length below 20', () => Buffer.from([1, 1, 0, 19, ...new Array(16).fill(0)])],
    ['a Length above 4,096', () => Buffer.from([1, 1, 0x10, 0x01, ...new Array(16).fill(0)])],
    ['an attribute of length 0', () => patched(statusServer(1), 39, 0)],
    ['an attribute of length 1', () => patched(statusServer(1), 39, 1)],
    ['attributes that run past the end', () => patched(statusServer(1), 39, 200)],
    ['a wrong Request Authenticator', () => patched(accountingRequest(1, someStart), 5)],
    ['a wrong Message-Authenticator', () => patched(statusServer(1), 25)],
    ['a Status-Server without Message-Authenticator', () => patched(statusServer(1), 20, 24)],
  ]
  const someStart = { status: 'Start' as const, session: 'spoiled', mac: '02-00-00-00-70-ff' }

  it.each(spoiled)('loses its connection after %s (R-37), and nobody else does', async (_what, bytes) => {
    const other = await open()
    const ap = await open()
    ap.socket.write(bytes())
    await ap.closed
    expect(ap.came).toEqual([])
    expect((await other.ask(statusServer(5)))?.code).toBe(codes['Access-Accept'])
    other.close()
  })

  it('is not answered to codes that are no requests, and keeps its connection', async () => {
    const ap = await open()
    ap.socket.write(patched(statusServer(1), 0, 2))
    ap.socket.write(patched(statusServer(2), 0, 41))
    expect((await ap.ask(statusServer(3)))?.code).toBe(codes['Access-Accept'])
    expect(ap.came).toHaveLength(1)
    ap.close()
  })

  it('stays connected while our certificate is changed, and the next one meets the new one', async () => {
    const before = await open()
    const next = ours.sign('doorman anew')
    writeFileSync(files.certFile, next.cert)
    // The key is not there yet: what does not belong together is not used.
    await new Promise((done) => setTimeout(done, 300))
    expect((await before.ask(statusServer(1)))?.code).toBe(codes['Access-Accept'])
    expect(faults).toMatchObject([{ code: 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' }])
    writeFileSync(files.keyFile, next.key)
    const shown = async () => {
      const ap = await open()
      const { fingerprint256 } = ap.socket.getPeerCertificate()
      ap.close()
      return fingerprint256
    }
    await expect.poll(shown).toBe(next.fingerprint)
    expect((await before.ask(statusServer(2)))?.code).toBe(codes['Access-Accept'])
    before.close()
  })

  it('can be registered by fingerprint, and several behind one certificate are told apart by NAS-Identifier', async () => {
    const proxy = ours.sign('proxy')
    const one = await openShop(house.db, {
      nas: { address: null, nasIdentifier: 'ap-1', tlsIdentity: `SHA256:${proxy.fingerprint}` },
    })
    const ctx = { ...one.ctx, now: new Date() }
    const second = await addNas(
      ctx,
      one.site.id,
      {
        gateway: 'uam',
        address: null,
        nasIdentifier: 'ap-2',
        tlsIdentity: proxy.fingerprint,
        secret: 'never used here',
      },
      8,
    )
    await new Promise((done) => setTimeout(done, 150))
    const ap = await open(proxy)
    const start = { status: 'Start' as const, mac: '02-00-00-00-71-01' }
    for (const [identifier, nasIdentifier] of [
      [1, 'ap-1'],
      [2, 'ap-2'],
    ] as const)
      expect(
        (await ap.ask(accountingRequest(identifier, { ...start, session: nasIdentifier, nasIdentifier })))
          ?.code,
      ).toBe(codes['Accounting-Response'])
    expect(
      await ap.ask(accountingRequest(3, { ...start, session: 'x', nasIdentifier: 'ap-3' }), 300),
    ).toBeUndefined()
    const rows = await house.db
      .sql`select nas_id from sessions where acct_session_id in ('ap-1', 'ap-2') order by acct_session_id`
    expect(rows.map((row) => row.nas_id)).toEqual([one.nas.id, second.id])
    // Nobody else can lay claim to it, nor can the same shop twice under one name.
    await expect(
      openShop(house.db, { nas: { nasIdentifier: 'ap-9', tlsIdentity: proxy.fingerprint } }),
    ).rejects.toMatchObject({ code: 'nas.tls-identity-taken' })
    await expect(changeNas(ctx, second.id, { nasIdentifier: 'ap-1' }, 8)).rejects.toMatchObject({
      code: 'nas.tls-identity-taken',
    })
    // Taken out of service, it is let in no more, not even on the connection it has.
    await removeNas(ctx, second.id)
    await removeNas(ctx, one.nas.id)
    await new Promise((done) => setTimeout(done, 150))
    expect(await ap.ask(statusServer(9))).toBeUndefined()
    await ap.closed
  })

  it('may not hold more connections than one needs', async () => {
    const all = []
    for (let index = 0; index < 6; index++) all.push(await open())
    const answers = await Promise.all(all.map((ap) => ap.ask(statusServer(1))))
    expect(answers.filter((answer) => answer?.code === codes['Access-Accept'])).toHaveLength(4)
    expect(counted('radsec.refused.too-many-of-one')).toBe(2)
    for (const ap of all) ap.close()
    await new Promise((done) => setTimeout(done, 100))
  })

  it('is asked to put a device out over the connection it is on, and only its own signed answer counts', async () => {
    const ap = await open()
    const guest = await newGuest()
    await ap.ask(accessRequest(1, guest))
    const start = { status: 'Start' as const, session: 'tls-out', mac: guest.mac, class: guest.grant.id }
    await ap.ask(accountingRequest(2, { ...start, userName: guest.userName }))
    const [row] = await house.db.sql`select id from sessions where acct_session_id = 'tls-out'`
    ap.onRequest = (request) => {
      expect(request.code).toBe(codes['Disconnect-Request'])
      expect(radsec.verifiesRequest(request)).toBe(true)
      expect(request.text('Acct-Session-Id')).toBe('tls-out')
      expect(request.text('User-Name')).toBe(guest.userName)
      const ack = Buffer.from([codes['Disconnect-ACK'], request.identifier, 0, 20, ...new Array(16).fill(0)])
      ap.socket.write(radsec.signResponse(ack, request.authenticator))
    }
    const { merchantId } = shop.ctx
    await house.radius.jobs['radius.disconnect']({ merchantId, sessionId: row?.id })
    const [after] = await house.db.sql`select disconnect from sessions where id = ${row?.id}`
    expect(after?.disconnect).toMatchObject({ outcome: 'acknowledged' })
    // An answer nobody signed spoils the connection, and was not said.
    ap.onRequest = (request) =>
      ap.socket.write(
        Buffer.from([codes['Disconnect-ACK'], request.identifier, 0, 20, ...new Array(16).fill(0)]),
      )
    await house.radius.jobs['radius.disconnect']({ merchantId, sessionId: row?.id })
    const [forged] = await house.db.sql`select disconnect from sessions where id = ${row?.id}`
    expect(forged?.disconnect).toMatchObject({ outcome: 'unanswered' })
    await ap.closed
  })
})

describe('A stream of packets', () => {
  it('gives the same packets however it is cut, and holds back what is not whole', () => {
    const packet = fc
      .integer({ min: 20, max: 4096 })
      .map((length) =>
        Buffer.concat([Buffer.from([1, 1, length >> 8, length & 255]), Buffer.alloc(length - 4, 7)]),
      )
    fc.assert(
      fc.property(
        fc.array(packet, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 40 }),
        (packets, cuts) => {
          const stream = Buffer.concat(packets)
          const frames = new Frames()
          const found: Buffer[] = []
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1
            frames.put(stream.subarray(at, at + size))
            at += size
            for (let bytes = frames.next(); bytes; bytes = frames.next()) {
              if (bytes === 'bad-length') throw new Error(bytes)
              found.push(bytes)
            }
          }
          expect(found.map((bytes) => bytes.length)).toEqual(packets.map((bytes) => bytes.length))
          expect(Buffer.concat(found).equals(stream)).toBe(true)
        },
      ),
      { numRuns: 1000 },
    )
  })
})

function patched(bytes: Buffer, at: number, value = (bytes[at] ?? 0) ^ 1): Buffer {
  bytes[at] = value
  return bytes
}
