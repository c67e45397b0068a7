import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { parseIp } from '../db/values/ip.ts'
import type { Secret } from './authenticator.ts'
import type { Counters } from './counters.ts'
import { codes } from './dictionary/index.ts'
import type { AccessHandler } from './handlers/access.ts'
import { type AccountingHandler, saysStatus } from './handlers/accounting.ts'
import type { Health } from './health.ts'
import type { Neighbour, Neighbours } from './neighbours.ts'
import { decode, type Packet } from './packet.ts'
import { writeLimits } from './policy.ts'
import type { Recorder } from './recorder.ts'
import { Sources } from './sources.ts'
import { verify } from './verify.ts'
import { Writer } from './writer.ts'

export type ServerParts = {
  neighbours: Neighbours
  health: Health
  counters: Counters
  access: AccessHandler
  accounting: AccountingHandler
  recorder: Recorder
  onError(error: unknown): void
}

type Port = 'auth' | 'acct'
type Door = { port: Port; socket: Socket; sources: Sources }

/** The two sockets. What can not be authenticated gets silence and a counter; nothing thrown escapes a callback. */
export class RadiusServer {
  readonly #parts: ServerParts
  readonly #doors: Door[] = []
  readonly #writer = new Writer()

  constructor(parts: ServerParts) {
    this.#parts = parts
  }

  /**
   * Binds one port. IPv6 sockets take IPv4 too. Rejects with the system's error, EADDRINUSE for one.
   * @param options.shared several processes bind it; the kernel gives each source to one of them.
   */
  async listen(port: Port, host: string, number: number, options: { shared?: boolean } = {}): Promise<void> {
    const type = host.includes(':') ? 'udp6' : 'udp4'
    const buffers = { recvBufferSize: 8 << 20, sendBufferSize: 4 << 20 }
    const socket = createSocket({ type, ...buffers, ...(options.shared ? { reusePort: true } : {}) })
    const door = { port, socket, sources: new Sources() }
    this.#doors.push(door)
    socket.on('message', (bytes, from) => {
      try {
        this.#receive(door, bytes, from)
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
    // What is under way is finished and answered first.
    await Promise.race([
      Promise.all([this.#parts.access.idle(), this.#parts.recorder.idle()]),
      new Promise((done) => setTimeout(done, 5000).unref()),
    ])
    for (const { sources } of this.#doors) sources.close()
    const closing = this.#doors.map(({ socket }) => new Promise<void>((done) => socket.close(() => done())))
    await Promise.all(closing)
  }

  #receive(door: Door, bytes: Buffer, from: RemoteInfo) {
    const { counters, neighbours, health } = this.#parts
    const { port, socket, sources } = door
    counters.add(`${port}.received`)
    const packet = decode(bytes)
    if (typeof packet === 'string') return this.#drop(port, packet)
    if (!belongs(port, packet.code)) return this.#drop(port, 'unexpected-code')
    const address = sources.find(from.address, from.port)?.address ?? parseIp(from.address) ?? from.address
    const candidates = neighbours.candidates(address, packet)
    const [likeliest] = candidates
    if (!likeliest) {
      health.stranger(address, packet.text('NAS-Identifier') ?? '')
      return this.#drop(port, 'unknown-nas')
    }
    const verified = verify(packet, candidates)
    if ('reason' in verified) {
      health.refused(likeliest, port, verified.reason)
      return this.#drop(port, verified.reason)
    }
    const { nas, secret } = verified
    const source = sources.know(from.address, from.port)
    if (packet.code === codes['Status-Server']) {
      if (!sources.mayAskStatus(source)) return this.#drop(port, 'status-too-often')
      return this.#answerStatus(door, from, packet, secret)
    }
    if (verified.warning) health.problem(nas, verified.warning)
    health.heard(nas, port, port === 'auth' && packet.has('Message-Authenticator'))
    const known = sources.recall(source, packet.identifier, packet.authenticator)
    if (known) {
      counters.add(`${port}.duplicate`)
      if (known.reply) socket.send(known.reply, from.port, from.address)
      return
    }
    if (port === 'acct' && !saysStatus(packet)) return this.#drop(port, 'no-status-type')
    const memory = sources.remember(source, packet.identifier, packet.authenticator)
    const work = port === 'auth' ? this.#access(packet, nas, secret) : this.#accounting(packet, nas, secret)
    work
      .then((reply) => {
        if (!reply) return sources.forget(source, packet.identifier, memory)
        memory.reply = reply
        socket.send(reply, from.port, from.address)
      })
      .catch((error) => {
        sources.forget(source, packet.identifier, memory)
        counters.add(`${port}.error`)
        this.#parts.onError(error)
      })
  }

  #drop(port: Port, reason: string) {
    this.#parts.counters.add(`${port}.dropped.${reason}`)
  }

  async #access(packet: Packet, nas: Neighbour, secret: Secret): Promise<Buffer | undefined> {
    const { counters, access } = this.#parts
    const states = packet.all('Proxy-State')
    const tooLong = states.reduce((octets, state) => octets + state.length + 2, 0) > proxyStateMax
    const outcome = tooLong
      ? { how: 'reject' as const, reason: 'proxy-state-too-long' }
      : await access.handle(packet, nas, secret, new Date())
    if (outcome.how === 'later') {
      this.#drop('auth', 'not-decided')
      return undefined
    }
    if (outcome.how === 'accept') counters.add('auth.accepted')
    else counters.add(`auth.rejected.${outcome.reason}`)
    const code = codes[outcome.how === 'accept' ? 'Access-Accept' : 'Access-Reject']
    const writer = this.#writer.begin(code, packet.identifier, { messageAuthenticator: true })
    if (outcome.how === 'accept') writeLimits(writer, outcome.admission, nas)
    return this.#sign(writer, packet, secret)
  }

  async #accounting(packet: Packet, nas: Neighbour, secret: Secret): Promise<Buffer | undefined> {
    const recording = this.#parts.accounting.handle(packet, nas, new Date())
    if (!recording) {
      this.#drop('acct', 'no-room')
      return undefined
    }
    try {
      await recording
    } catch {
      // Told already by whoever could not record it.
      this.#drop('acct', 'not-recorded')
      return undefined
    }
    this.#parts.counters.add('acct.recorded')
    const hadOne = packet.has('Message-Authenticator')
    const writer = this.#writer.begin(codes['Accounting-Response'], packet.identifier, {
      messageAuthenticator: hadOne,
    })
    return this.#sign(writer, packet, secret)
  }

  /** RFC 5997: alive, and on the accounting port able to record. */
  #answerStatus({ port, socket }: Door, from: RemoteInfo, packet: Packet, secret: Secret) {
    this.#parts.counters.add(`${port}.status`)
    if (port === 'acct' && !this.#parts.recorder.canRecord()) return
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

/** Octets of Proxy-State that still leave an Access-Accept with all its limits below 4,096. */
const proxyStateMax = 3500

function belongs(port: Port, code: number): boolean {
  if (code === codes['Status-Server']) return true
  return code === (port === 'auth' ? codes['Access-Request'] : codes['Accounting-Request'])
}
