import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { parseIp } from '../db/values/ip.ts'
import type { Secret } from './authenticator.ts'
import type { Counters } from './counters.ts'
import { codes } from './dictionary/index.ts'
import { Duplicates } from './duplicates.ts'
import type { AccessHandler } from './handlers/access.ts'
import type { AccountingHandler } from './handlers/accounting.ts'
import type { Health } from './health.ts'
import type { Neighbour, Neighbours } from './neighbours.ts'
import { decode, type Packet } from './packet.ts'
import { writeLimits } from './policy.ts'
import { Writer } from './writer.ts'

export type ServerParts = {
  neighbours: Neighbours
  health: Health
  counters: Counters
  access: AccessHandler
  accounting: AccountingHandler
  /** False while nothing can be recorded: then Status-Server stays silent on the accounting port (RFC 5997 §4.2). */
  canRecord(): boolean
  onError(error: unknown): void
}

type Port = 'auth' | 'acct'
type Verified = { nas: Neighbour; secret: Secret }

/** The two sockets. What can not be authenticated gets silence and a counter; nothing thrown escapes a callback. */
export class RadiusServer {
  readonly #parts: ServerParts
  readonly #duplicates = new Duplicates()
  readonly #sockets: Socket[] = []
  readonly #writer = new Writer()
  #isClosing = false

  constructor(parts: ServerParts) {
    this.#parts = parts
  }

  /** Binds one port. IPv6 sockets take IPv4 too. Rejects with the system's error, EADDRINUSE for one. */
  async listen(port: Port, host: string, number: number): Promise<void> {
    const type = host.includes(':') ? 'udp6' : 'udp4'
    const socket = createSocket({ type, recvBufferSize: 8 << 20, sendBufferSize: 4 << 20 })
    this.#sockets.push(socket)
    socket.on('message', (bytes, from) => {
      try {
        this.#receive(port, socket, bytes, from)
      } catch (error) {
        this.#parts.counters.add(`${port}.error`)
        this.#parts.onError(error)
      }
    })
    await new Promise<void>((done, failed) => {
      socket.once('error', failed)
      socket.bind(number, host, () => {
        socket.off('error', failed)
        socket.on('error', this.#parts.onError)
        done()
      })
    })
  }

  async close(): Promise<void> {
    // What is under way is finished and answered first; what comes now, the NAS sends again to whoever is next.
    this.#isClosing = true
    await Promise.race([
      Promise.all([this.#parts.access.idle(), this.#parts.accounting.idle()]),
      new Promise((done) => setTimeout(done, 5000).unref()),
    ])
    this.#duplicates.close()
    await Promise.all(this.#sockets.map((socket) => new Promise<void>((done) => socket.close(() => done()))))
  }

  #receive(port: Port, socket: Socket, bytes: Buffer, from: RemoteInfo) {
    const { counters, neighbours, health } = this.#parts
    counters.add(`${port}.received`)
    if (this.#isClosing) return this.#drop(port, 'closing')
    const packet = decode(bytes)
    const address = parseIp(from.address) ?? from.address
    if (typeof packet === 'string') return this.#drop(port, packet)
    if (!belongs(port, packet.code)) return this.#drop(port, 'unexpected-code')
    const candidates = neighbours.candidates(address, packet)
    if (candidates.length === 0) {
      health.stranger(address, packet.text('NAS-Identifier') ?? '')
      return this.#drop(port, 'unknown-nas')
    }
    const verified =
      port === 'acct' && packet.code === codes['Accounting-Request']
        ? this.#verifyAccounting(packet, candidates)
        : this.#verifyAccess(packet, candidates)
    if (!verified) return
    if (packet.code === codes['Status-Server'])
      return this.#answerStatus(port, socket, from, packet, verified)
    health.heard(verified.nas, port, packet.has('Message-Authenticator'))
    const key = `${port} ${from.address} ${from.port} ${packet.identifier}`
    const known = this.#duplicates.find(key, packet.authenticator)
    if (known) {
      counters.add(`${port}.duplicate`)
      if (known.reply) socket.send(known.reply, from.port, from.address)
      return
    }
    const memory = this.#duplicates.remember(key, packet.authenticator)
    const work = port === 'auth' ? this.#access(packet, verified) : this.#accounting(packet, verified)
    work
      .then((reply) => {
        if (!reply) return this.#duplicates.forget(key, memory)
        memory.reply = reply
        socket.send(reply, from.port, from.address)
      })
      .catch((error) => {
        this.#duplicates.forget(key, memory)
        counters.add(`${port}.error`)
        this.#parts.onError(error)
      })
  }

  #drop(port: Port, reason: string) {
    this.#parts.counters.add(`${port}.dropped.${reason}`)
  }

  /** RFC 2866 §3: the authenticator of an Accounting-Request is its signature. */
  #verifyAccounting(packet: Packet, candidates: readonly Neighbour[]): Verified | undefined {
    for (const nas of candidates) {
      const secret = nas.secrets.find((secret) => secret.verifiesRequest(packet))
      if (!secret) continue
      // RFC 3579 §3.2: one that is there is verified, over a zero authenticator.
      if (packet.has('Message-Authenticator') && !secret.verifiesMessage(packet, zeros)) break
      return { nas, secret }
    }
    this.#parts.health.problem(candidates[0] as Neighbour, 'bad-acct-secret')
    this.#drop('acct', 'bad-authenticator')
    return undefined
  }

  /** Message-Authenticator of an Access-Request or Status-Server, by the rule of its NAS (CVE-2024-3596). */
  #verifyAccess(packet: Packet, candidates: readonly Neighbour[]): Verified | undefined {
    const first = candidates[0] as Neighbour
    if (packet.has('Message-Authenticator')) {
      for (const nas of candidates) {
        const secret = nas.secrets.find((secret) => secret.verifiesMessage(packet, packet.authenticator))
        if (!secret) continue
        nas.messageAuthenticatorSeen = true
        return { nas, secret }
      }
      this.#parts.health.problem(first, 'bad-auth-secret')
      this.#drop('auth', 'bad-message-authenticator')
      return undefined
    }
    const mustHave =
      packet.code === codes['Status-Server'] || // RFC 5997 §2
      packet.has('EAP-Message') || // RFC 3579 §3.1
      packet.has('Proxy-State') || // what the attack hides its collision in
      first.messageAuthenticator === 'require' ||
      (first.messageAuthenticator === 'auto' && first.messageAuthenticatorSeen)
    const nothingSigned = !packet.has('User-Password') && !packet.has('CHAP-Password')
    if (mustHave || nothingSigned || candidates.length > 1) {
      this.#parts.health.problem(first, 'no-message-authenticator')
      this.#drop('auth', 'no-message-authenticator')
      return undefined
    }
    this.#parts.health.problem(first, 'no-message-authenticator')
    return { nas: first, secret: first.secrets[0] as Secret }
  }

  async #access(packet: Packet, { nas, secret }: Verified): Promise<Buffer | undefined> {
    const outcome = await this.#parts.access.handle(packet, nas, secret, new Date())
    const { counters } = this.#parts
    if (outcome.how === 'later') {
      counters.add('auth.dropped.not-decided')
      return undefined
    }
    if (outcome.how === 'accept') counters.add('auth.accepted')
    else counters.add(`auth.rejected.${outcome.reason}`)
    const code = codes[outcome.how === 'accept' ? 'Access-Accept' : 'Access-Reject']
    const writer = this.#writer.begin(code, packet.identifier, { messageAuthenticator: true })
    if (outcome.how === 'accept') writeLimits(writer, outcome.admission, nas)
    return this.#sign(writer, packet, secret)
  }

  async #accounting(packet: Packet, { nas, secret }: Verified): Promise<Buffer | undefined> {
    const recording = this.#parts.accounting.handle(packet, nas, new Date())
    if (!recording) {
      this.#drop('acct', 'no-room')
      return undefined
    }
    await recording
    this.#parts.counters.add('acct.recorded')
    const hadOne = packet.has('Message-Authenticator')
    const writer = this.#writer.begin(codes['Accounting-Response'], packet.identifier, {
      messageAuthenticator: hadOne,
    })
    return this.#sign(writer, packet, secret)
  }

  /** RFC 5997: alive, and on the accounting port able to record. */
  #answerStatus(port: Port, socket: Socket, from: RemoteInfo, packet: Packet, { secret }: Verified) {
    this.#parts.counters.add(`${port}.status`)
    if (port === 'acct' && !this.#parts.canRecord()) return
    const code = codes[port === 'auth' ? 'Access-Accept' : 'Accounting-Response']
    const writer = this.#writer.begin(code, packet.identifier, { messageAuthenticator: true })
    socket.send(this.#sign(writer, packet, secret), from.port, from.address)
  }

  /** Proxy-State goes back unmodified and in order (RFC 2865 §5.33), then the packet is signed. */
  #sign(writer: Writer, packet: Packet, secret: Secret): Buffer {
    for (const state of packet.all('Proxy-State')) writer.octets('Proxy-State', state)
    return secret.signResponse(writer.take(), packet.authenticator)
  }
}

const zeros = Buffer.alloc(16)

function belongs(port: Port, code: number): boolean {
  if (code === codes['Status-Server']) return true
  return code === (port === 'auth' ? codes['Access-Request'] : codes['Accounting-Request'])
}
