import { createHash, createHmac } from 'node:crypto'
import fc from 'fast-check'
import peer from 'radius'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Secret } from '../../radius/authenticator.ts'
import { dictionary } from '../../radius/dictionary/index.ts'
import { HmacMd5, md5 } from '../../radius/md5.ts'
import { decode, Packet } from '../../radius/packet.ts'
import { chapResponse, hidePassword, revealPassword } from '../../radius/password.ts'
import { Writer } from '../../radius/writer.ts'
import { openShop } from '../support/people.ts'
import { type Attribute, accessRequest, accountingRequest, isAnswer, packetOf, text, u32 } from './oracle.ts'
import { type RadiusHouse, radiusHouse } from './support.ts'
import { sendInSilence, Wire } from './wire.ts'

const seed = 20261125
const hex = (digits: string) => Buffer.from(digits.replace(/\s/g, ''), 'hex')
const read = (bytes: Buffer) => {
  const packet = decode(bytes)
  if (typeof packet === 'string') throw new Error(packet)
  return packet
}
const attribute = fc.tuple(fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 253 }))
const attributes = fc
  .array(attribute, { maxLength: 15 })
  .filter(
    (all) => all.every(([type]) => type !== 80) && all.reduce((sum, [, v]) => sum + v.length + 2, 38) <= 4096,
  )

describe('The octets of a packet', () => {
  it('R-11 RFC 2865 §3: every MD5 and HMAC-MD5 is the one of node:crypto, for every length up to 4,200', () => {
    const bytes = Buffer.alloc(4200).map((_, index) => (index * 31 + 7) & 255)
    const out = Buffer.alloc(16)
    for (let length = 0; length <= 4200; length++) {
      const head = bytes.subarray(0, length)
      md5(bytes, length, out)
      expect(out.equals(createHash('md5').update(head).digest()), `md5 ${length}`).toBe(true)
      const key = bytes.subarray(0, length % 129)
      new HmacMd5(key).sign(bytes, length, out)
      expect(out.equals(createHmac('md5', key).update(head).digest()), `hmac ${length}`).toBe(true)
    }
  })

  it('R-03 RFC 2865 §3: any Length against any real size: shorter and impossible ones are discarded, padding is ignored', () => {
    const sizes = [0, 1, 19, 20, 21, 22, 23, 38, 100, 275, 276, 4095, 4096, 4097, 4200]
    for (const size of sizes) {
      for (let length = 0; length <= 4200; length++) {
        // One long attribute after another, cut to fit the Length exactly where that is possible.
        const bytes = Buffer.alloc(size)
        if (size >= 4) bytes.writeUInt16BE(length, 2)
        fill(bytes, length)
        const found = decode(bytes)
        const sound = size >= 20 && length >= 20 && length <= 4096 && length <= size && length !== 21
        if (sound !== found instanceof Packet)
          throw new Error(`${size} octets with Length ${length}: ${found}`)
        if (found instanceof Packet && found.length !== length) throw new Error('padding was read')
      }
    }
  })

  it('R-05 RFC 2865 §5: an attribute of length 0 or 1, or past the end, spoils the packet; nothing else does', () => {
    fc.assert(
      fc.property(attributes, fc.nat(), fc.nat(300), (all, where, shift) => {
        const bytes = packetOf(1, 1, Buffer.alloc(16), all)
        expect(decode(bytes)).toBeInstanceOf(Packet)
        if (all.length === 0) return
        let at = 20
        for (let index = 0; index < where % all.length; index++) at += bytes[at + 1] as number
        const before = bytes[at + 1] as number
        const broken = Buffer.from(bytes)
        broken[at + 1] = shift & 1
        expect(decode(broken)).toBe('bad-attribute')
        // The last attribute one octet or more too long.
        let last = 20
        while (last + (bytes[last + 1] as number) < bytes.length) last += bytes[last + 1] as number
        const long = Buffer.from(bytes)
        long[last + 1] = Math.min(255, (bytes[last + 1] as number) + 1 + (shift % 10))
        if (long[last + 1] !== bytes[last + 1]) expect(decode(long)).toBe('bad-attribute')
        expect(before).toBeGreaterThan(1)
      }),
      { seed, numRuns: 2000 },
    )
  })

  it('R-06 RFC 2865 §5: attributes are found in any order, and those of one type keep theirs', () => {
    fc.assert(
      fc.property(attributes, (all) => {
        const packet = read(packetOf(1, 1, Buffer.alloc(16), all))
        expect([...packet].map(({ type, value }) => [type, Buffer.from(value)])).toEqual(
          all.map(([type, value]) => [type, Buffer.from(value)]),
        )
        for (const name of ['Proxy-State', 'Class', 'User-Name'] as const) {
          const values = all
            .filter(([type]) => type === dictionary[name][0])
            .map(([, value]) => Buffer.from(value))
          expect(packet.all(name).map((value) => Buffer.from(value))).toEqual(values)
          expect(packet.has(name)).toBe(values.length > 0)
        }
      }),
      { seed, numRuns: 2000 },
    )
  })

  it('reads nothing by copying: every value is a view of the datagram', () => {
    const bytes = packetOf(1, 1, Buffer.alloc(16), [[1, text('guest')]])
    const value = read(bytes).raw('User-Name') as Buffer
    bytes[22] = 'q'.charCodeAt(0)
    expect(value.toString()).toBe('quest')
  })

  it('never throws on any octets, a hundred thousand times', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        const bytes = Buffer.from(octets)
        if (bytes.length >= 4) bytes.writeUInt16BE(bytes.length, 2)
        const packet = decode(bytes)
        if (typeof packet === 'string') return
        for (const name of Object.keys(dictionary) as (keyof typeof dictionary)[]) {
          packet.text(name)
          packet.integer(name)
          packet.address(name)
        }
        packet.vendor(14122, 7)
      }),
      { seed, numRuns: 100_000 },
    )
  })
})

/** Zero attributes of type 1 so that exactly `length` octets are well formed, where that is possible. */
function fill(bytes: Buffer, length: number) {
  const end = Math.min(length, bytes.length)
  for (let at = 20; at < end; ) {
    let size = Math.min(255, length - at)
    if (length - at - size === 1) size--
    bytes[at] = 1
    if (at + 1 < bytes.length) bytes[at + 1] = size
    at += Math.max(size, 1)
  }
}

describe('The examples of the RFCs, to the octet', () => {
  const secret = new Secret('xyzzy5461')

  it('R-11 RFC 2865 §7.1: nemo telnets to a host', () => {
    const request =
      hex(`01000038 0f403f9473978057bd83d5cb98f4227a 01066e656d6f 02120dbe708d93d413ce3196e43f782a0aee
      0406c0a80110 050600000003`)
    const packet = read(request)
    expect(packet.text('User-Name')).toBe('nemo')
    expect(packet.address('NAS-IP-Address')).toBe('192.168.1.16')
    expect(packet.integer('NAS-Port')).toBe(3)
    const hidden = packet.raw('User-Password') as Buffer
    expect(revealPassword(hidden, packet.authenticator, secret)?.toString()).toBe('arctangent')
    expect(hidePassword(text('arctangent'), packet.authenticator, secret)).toEqual(Buffer.from(hidden))
    const reply = new Writer()
      .begin(2, 0, { messageAuthenticator: false })
      .integer('Service-Type', 1)
      .integer('Login-Service', 0)
      .address('Login-IP-Host', '192.168.1.3')
    expect(secret.signResponse(reply.take(), packet.authenticator).toString('hex')).toBe(
      '0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103',
    )
  })

  it('R-11 RFC 2865 §7.2: flopsy frames by CHAP', () => {
    const request = hex(`01010047 2aee86f08d0d55969ca5978e0d3367a2 0108666c6f707379
      031316e97557c316185895f293ff6344077275 0406c0a80110 050600000014 060600000002 070600000001`)
    const packet = read(request)
    const chap = packet.raw('CHAP-Password') as Buffer
    expect(chapResponse(chap[0] as number, text('arctangent'), packet.authenticator)).toEqual(
      Buffer.from(chap.subarray(1)),
    )
    const reply = hex(`02010038 15efbc7dab26cfa3dc34d9c03c8601a4 060600000002 070600000001 0806fffffffe
      0a0600000002 0d0600000001 0c06000005dc`)
    // The text says Framed-Routing None, the octets say 2; the digest was made of the octets.
    expect(secret.verifiesResponse(read(reply), packet.authenticator)).toBe(true)
  })

  it('R-11 RFC 2865 §7.3: mopsy is challenged and fails', () => {
    const first = read(
      hex(`01020039 f3a47a1f6a6d76710b947ab93041a039 01076d6f707379 02123365757377 8289b570885e15084825c5
      0406c0a80110 050600000007`),
    )
    const challenge = new Writer()
      .begin(11, 2, { messageAuthenticator: false })
      .text('Reply-Message', 'Challenge 32769430.  Enter response at prompt.')
      .octets('State', text('32769430'))
    expect(secret.signResponse(challenge.take(), first.authenticator).toString('hex')).toBe(
      `0b02004e36f3c8764ae8c71157403c0c71ff9c4512304368616c6c656e67652033323736393433302e2020456e74657220726573706f6e73652061742070726f6d70742e180a3332373639343330`,
    )
    const second = hex('b122556d428a13d0d6253807c457ecf0')
    const reject = new Writer().begin(3, 3, { messageAuthenticator: false }).take()
    expect(secret.signResponse(reject, second).toString('hex')).toBe(
      '03030014a42f4fca45916c4e09c8340f9e746aa0',
    )
  })

  it('R-33 RFC 5997 §6: Status-Server to both ports', () => {
    const auth = hex('0cda00268a54f4686fb394c52866e302185d062350125a665e2e1e8411f3e243822097c84fa3')
    const acct = hex('0cb30026925f6b66dd5fed571fcb1db7ad3882605012e8d6eabda910875cd91fdade26367858')
    for (const request of [auth, acct])
      expect(secret.verifiesMessage(read(request), request.subarray(4, 20))).toBe(true)
    const answer = (code: number, request: Buffer) =>
      secret
        .signResponse(
          new Writer().begin(code, request[1] as number, { messageAuthenticator: false }).take(),
          request.subarray(4, 20),
        )
        .toString('hex')
    expect(answer(2, auth)).toBe('02da0014ef0d552a4bf2d693ec2b6fe8b5411d66')
    expect(answer(5, acct)).toBe('05b300140f6f92145f107e2f504e860a4860669c')
  })

  // The RFC prints these without their secret, so what can be compared is what does not depend on it.
  it.each([
    ['2801001c1b23624c3543ceba55f1be55a714ca5e01086d6368696261', 'User-Name', 'mchiba'],
    ['2801001ead0d8e5355b6bd02a0cbace64e3877bd2c0a3930323334353637', 'Acct-Session-Id', '90234567'],
    ['2801001a0bda33fe765b05f0fd9cc32a2f6b51820806 0a000203', 'Framed-IP-Address', '10.0.2.3'],
  ] as const)('R-34 RFC 5176 §8: Disconnect-Request %s', (digits, name, value) => {
    const packet = read(hex(digits))
    expect(packet.code).toBe(40)
    expect(name === 'Framed-IP-Address' ? packet.address(name) : packet.text(name)).toBe(value)
    const writer = new Writer().begin(40, 1, { messageAuthenticator: false })
    if (name === 'Framed-IP-Address') writer.address(name, value)
    else writer.text(name, value)
    const ours = writer.take()
    expect(ours.subarray(2, 4)).toEqual(hex(digits).subarray(2, 4))
    expect(ours.subarray(20)).toEqual(hex(digits).subarray(20))
  })
})

describe('A second opinion: the npm package radius', () => {
  const secretText = 'a secret of both'
  const secret = new Secret(secretText)
  const name = fc.string({ minLength: 1, maxLength: 60 }).filter((value) => /^[\x21-\x7e]+$/.test(value))
  const password = fc.string({ minLength: 1, maxLength: 128 }).filter((value) => /^[\x20-\x7e]+$/.test(value))
  const address = fc.ipV4()
  const number = fc.nat(0xffffffff)

  it('reads what we write, and verifies it', () => {
    fc.assert(
      fc.property(
        name,
        password,
        address,
        number,
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (...values) => {
          const [userName, clear, nas, port, authenticator] = values
          const writer = new Writer()
            .begin(1, 9, { messageAuthenticator: true })
            .text('User-Name', userName)
            .octets('User-Password', hidePassword(text(clear), authenticator, secret))
            .address('NAS-IP-Address', nas)
            .integer('NAS-Port', port)
          const bytes = secret.signAccessRequest(writer.take(), authenticator)
          const theirs = peer.decode({ packet: bytes, secret: secretText })
          expect(theirs.attributes).toMatchObject({
            'User-Name': userName,
            'User-Password': clear,
            'NAS-IP-Address': nas,
            'NAS-Port': port,
          })
          const reply = new Writer()
            .begin(2, 9, { messageAuthenticator: true })
            .integer('Session-Timeout', port)
          expect(
            peer.verify_response({
              request: bytes,
              response: secret.signResponse(reply.take(), authenticator),
              secret: secretText,
            }),
          ).toBe(true)
          const accounting = new Writer()
            .begin(4, 3, { messageAuthenticator: false })
            .integer('Acct-Status-Type', 1)
            .text('Acct-Session-Id', userName)
            .integer('Acct-Input-Octets', port)
          const counted = peer.decode({ packet: secret.signRequest(accounting.take()), secret: secretText })
          expect(counted.attributes).toMatchObject({ 'Acct-Session-Id': userName, 'Acct-Input-Octets': port })
        },
      ),
      { seed, numRuns: 1500 },
    )
  })

  it('writes what we read, and verify', () => {
    fc.assert(
      fc.property(name, password, address, number, (userName, clear, nas, port) => {
        const bytes = peer.encode({
          code: 'Access-Request',
          secret: secretText,
          identifier: 5,
          attributes: [
            ['User-Name', userName],
            ['User-Password', clear],
            ['NAS-IP-Address', nas],
            ['NAS-Port', port],
          ],
          add_message_authenticator: true,
        })
        const ours = read(bytes)
        expect(ours.text('User-Name')).toBe(userName)
        expect(ours.address('NAS-IP-Address')).toBe(nas)
        expect(ours.integer('NAS-Port')).toBe(port)
        expect(
          revealPassword(ours.raw('User-Password') as Buffer, ours.authenticator, secret)?.toString(),
        ).toBe(clear)
        expect(secret.verifiesMessage(ours, ours.authenticator)).toBe(true)
        const counted = peer.encode({
          code: 'Accounting-Request',
          secret: secretText,
          identifier: 6,
          attributes: [
            ['Acct-Status-Type', 'Start'],
            ['Acct-Session-Id', userName],
          ],
        })
        expect(secret.verifiesRequest(read(counted))).toBe(true)
        const reply = peer.encode_response({
          packet: peer.decode({ packet: bytes, secret: secretText }),
          code: 'Access-Accept',
          secret: secretText,
          attributes: [['Session-Timeout', port]],
        })
        expect(secret.verifiesResponse(read(reply), ours.authenticator)).toBe(true)
        expect(read(reply).integer('Session-Timeout')).toBe(port)
      }),
      { seed, numRuns: 1500 },
    )
  })
})

describe('Packets at the door', () => {
  let house: RadiusHouse
  const nas = { address: '127.0.0.1', secret: 'the secret of the door' }
  beforeAll(async () => {
    house = await radiusHouse()
    await openShop(house.db, { nas })
    await new Promise((done) => setTimeout(done, 150))
  })
  afterAll(() => house.close())

  it('R-03 RFC 2865 §3, RFC 2866 §3: padding after Length is ignored, a shorter datagram is not answered', async () => {
    const wire = await Wire.open(house.ports.auth)
    for (let padding = 0; padding <= 300; padding += 25) {
      const request = accessRequest(nas.secret, padding & 255, [[4, Buffer.from([127, 0, 0, 1])]])
      const answer = await wire.ask(Buffer.concat([request, Buffer.alloc(padding, 0xa5)]))
      expect(answer && isAnswer(answer, request, nas.secret), `${padding}`).toBe(true)
    }
    wire.close()
    const whole = accountingRequest(nas.secret, 1, [
      [40, u32(1)],
      [44, text('cut short')],
    ])
    const cut = Array.from({ length: whole.length }, (_, length) => whole.subarray(0, length))
    expect(await sendInSilence(cut, house.ports.acct, nas)).toEqual([])
    expect(await house.db.sql`select from accounting_log`).toHaveLength(0)
  })

  it('R-04 RFC 2865 §3: of 256 codes each port answers its own and Status-Server; nothing else is heard', async () => {
    for (const port of ['auth', 'acct'] as const) {
      const own = port === 'auth' ? 1 : 4
      const others = Array.from({ length: 256 }, (_, code) => code).filter(
        (code) => code !== own && code !== 12,
      )
      const before = house.radius.stats()[`${port}.dropped.unexpected-code`] ?? 0
      const packets = others.flatMap((code) => [
        accessRequest(nas.secret, code, [[1, text('x')]], { code }),
        accountingRequest(nas.secret, code, [[40, u32(1)]], code),
      ])
      expect(await sendInSilence(packets, house.ports[port], nas)).toEqual([])
      expect((house.radius.stats()[`${port}.dropped.unexpected-code`] ?? 0) - before).toBe(packets.length)
    }
  })

  it('R-05 RFC 2865 §5, RFC 2866 §5: a packet with a broken attribute is discarded whole on both ports, and counted', async () => {
    // Our choice against the SHOULD of RFC 2865 §5 (reject): a broken packet proves nothing of who sent it.
    const packets: { auth: Buffer[]; acct: Buffer[] } = { auth: [], acct: [] }
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1 }),
        fc.integer({ min: 0, max: 2 }),
        fc.uint8Array({ maxLength: 40 }),
        (size, where, more) => {
          const attributes: Attribute[] = [
            [40, u32(1)],
            [44, text('broken')],
            [1, more],
          ]
          for (const port of ['auth', 'acct'] as const) {
            const packet =
              port === 'auth'
                ? accessRequest(nas.secret, 1, attributes)
                : accountingRequest(nas.secret, 1, attributes)
            let at = port === 'auth' ? 38 : 20
            for (let index = 0; index < where; index++) at += packet[at + 1] as number
            packet[at + 1] = size
            packets[port].push(packet)
          }
        },
      ),
      { seed, numRuns: 1000 },
    )
    for (const port of ['auth', 'acct'] as const) {
      const before = house.radius.stats()[`${port}.dropped.bad-attribute`] ?? 0
      expect(await sendInSilence(packets[port], house.ports[port], nas)).toEqual([])
      expect((house.radius.stats()[`${port}.dropped.bad-attribute`] ?? 0) - before).toBe(1000)
    }
    expect(await house.db.sql`select from accounting_log`).toHaveLength(0)
  })
})
