import { createHash, createHmac, randomBytes } from 'node:crypto'

/**
 * RADIUS written a second time, slowly and with node:crypto, so that tests do not ask the server's own codec whether
 * the server is right. RFC 2865 §3, RFC 2866 §3, RFC 3579 §3.2.
 */
export type Attribute = readonly [type: number, value: Uint8Array]

export const u32 = (value: number) => {
  const octets = Buffer.alloc(4)
  octets.writeUInt32BE(value >>> 0)
  return octets
}
export const text = (value: string) => Buffer.from(value)

/** Octets of a packet with these attributes, unsigned. */
export function packetOf(
  code: number,
  identifier: number,
  authenticator: Uint8Array,
  attributes: readonly Attribute[],
): Buffer {
  const body = Buffer.concat(
    attributes.map(([type, value]) => Buffer.concat([Buffer.from([type, value.length + 2]), value])),
  )
  const head = Buffer.alloc(20)
  head[0] = code
  head[1] = identifier
  head.writeUInt16BE(20 + body.length, 2)
  head.set(authenticator, 4)
  return Buffer.concat([head, body])
}

/** Where the value of the first attribute of this type stands; -1 for none. */
export function offsetOf(packet: Uint8Array, type: number): number {
  for (let at = 20; at + 2 <= packet.length; at += packet[at + 1] as number) {
    if (packet[at] === type) return at + 2
    if ((packet[at + 1] as number) < 2) return -1
  }
  return -1
}

/** Fills in the Message-Authenticator, computed over the Authenticator field as it stands. */
export function signMessage(packet: Buffer, secret: string): Buffer {
  const at = offsetOf(packet, 80)
  packet.fill(0, at, at + 16)
  packet.set(createHmac('md5', secret).update(packet).digest(), at)
  return packet
}

/** An Access-Request or Status-Server with a good Message-Authenticator in front. */
export const accessRequest = (
  secret: string,
  identifier: number,
  attributes: readonly Attribute[],
  options: { code?: number; authenticator?: Uint8Array } = {},
) =>
  signMessage(
    packetOf(options.code ?? 1, identifier, options.authenticator ?? randomBytes(16), [
      [80, Buffer.alloc(16)],
      ...attributes,
    ]),
    secret,
  )

/** An Accounting-Request (or, with another code, a Disconnect- or CoA-Request). */
export function accountingRequest(
  secret: string,
  identifier: number,
  attributes: readonly Attribute[],
  code = 4,
): Buffer {
  const packet = packetOf(code, identifier, Buffer.alloc(16), attributes)
  if (offsetOf(packet, 80) > 0) signMessage(packet, secret)
  packet.set(createHash('md5').update(packet).update(secret).digest(), 4)
  return packet
}

/** RFC 2865 §5.2. */
export function hide(password: Uint8Array, authenticator: Uint8Array, secret: string): Buffer {
  const hidden = Buffer.alloc(Math.max(16, Math.ceil(password.length / 16) * 16))
  hidden.set(password)
  let before: Uint8Array = authenticator
  for (let at = 0; at < hidden.length; at += 16) {
    const stream = createHash('md5').update(secret).update(before).digest()
    for (let index = 0; index < 16; index++) (hidden[at + index] as number) ^= stream[index] as number
    before = Buffer.from(hidden.subarray(at, at + 16))
  }
  return hidden
}

/** Is this a right answer to that request: Response Authenticator, and Message-Authenticator where there is one? */
export function isAnswer(reply: Buffer, request: Uint8Array, secret: string): boolean {
  if (reply[1] !== request[1] || reply.readUInt16BE(2) !== reply.length) return false
  const signed = Buffer.from(reply)
  signed.set(request.subarray(4, 20), 4)
  const digest = createHash('md5').update(signed).update(secret).digest()
  if (!digest.equals(reply.subarray(4, 20))) return false
  const at = offsetOf(reply, 80)
  if (at < 0) return true
  const found = Buffer.from(signed.subarray(at, at + 16))
  signed.fill(0, at, at + 16)
  return createHmac('md5', secret).update(signed).digest().equals(found)
}

export function attributesOf(packet: Uint8Array): [type: number, value: Buffer][] {
  const found: [number, Buffer][] = []
  for (let at = 20; at < packet.length; at += packet[at + 1] as number)
    found.push([packet[at] as number, Buffer.from(packet.subarray(at + 2, at + (packet[at + 1] as number)))])
  return found
}
