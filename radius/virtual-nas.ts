import { randomBytes, randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { Secret } from './authenticator.ts'
import { type CodeName, codes } from './dictionary/index.ts'
import { acctStatus } from './dictionary/rfc2866.ts'
import { decode, type Packet } from './packet.ts'
import { chapResponse, hidePassword } from './password.ts'
import { Writer } from './writer.ts'

export type NasOptions = {
  server: string
  authPort: number
  acctPort: number
  secret: string
  nasIdentifier?: string
  /** Source address of what it sends. */
  address?: string
  timeoutMs?: number
  tries?: number
}
export type AccountingInput = {
  status: keyof typeof acctStatus
  acctSessionId: string
  callingStationId: string
  userName?: string
  class?: Uint8Array
  sessionTimeSeconds?: number
  inputOctets?: bigint
  outputOctets?: bigint
  terminateCause?: number
  delaySeconds?: number
  eventTimestamp?: Date
  framedIpAddress?: string
}

/** A port on which requests to the access point are answered. */
export type Answering = { port: number; close(): void }

/** An access point's RADIUS half: asks, reports and can be told to end a session. For trying out, and for tests. */
export class VirtualNas {
  readonly #socket: Socket
  readonly #secret: Secret
  readonly #options: NasOptions
  readonly #writer = new Writer()
  readonly #waiting = new Map<number, { request: Buffer; done: (packet: Packet) => void }>()
  #identifier = randomInt(256)

  private constructor(socket: Socket, options: NasOptions) {
    this.#socket = socket
    this.#options = options
    this.#secret = new Secret(options.secret)
    socket.on('message', (bytes) => this.#receive(bytes))
  }

  static async open(options: NasOptions): Promise<VirtualNas> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    await new Promise<void>((done, failed) => {
      socket.once('error', failed)
      socket.bind(0, options.address ?? '127.0.0.1', () => done())
    })
    return new VirtualNas(socket, options)
  }

  close() {
    this.#socket.close()
  }

  /** Access-Request by PAP, CHAP or MAC address. undefined: no answer. */
  authenticate(input: {
    method: 'pap' | 'chap' | 'mac'
    userName: string
    password?: string
    /** An answer somebody else worked out, as a gateway passes on what came from the browser. */
    chap?: { identifier: number; response: Uint8Array; challenge: Uint8Array }
    callingStationId: string
    framedIpAddress?: string
  }): Promise<Packet | undefined> {
    const authenticator = randomBytes(16)
    return this.#ask(this.#options.authPort, (identifier) => {
      const writer = this.#begin('Access-Request', identifier, true)
      writer
        .text('User-Name', input.userName)
        .text('Calling-Station-Id', input.callingStationId)
        .integer('NAS-Port-Type', 19)
      const password = Buffer.from(input.password ?? '')
      if (input.method === 'chap') {
        const { identifier, response, challenge } = input.chap ?? chapOf(password)
        writer.octets('CHAP-Password', Buffer.concat([Buffer.from([identifier]), response]))
        writer.octets('CHAP-Challenge', challenge)
      } else if (input.method === 'pap') {
        writer.octets('User-Password', hidePassword(password, authenticator, this.#secret))
      } else {
        writer.integer('Service-Type', 10)
        writer.octets('User-Password', hidePassword(Buffer.from(input.userName), authenticator, this.#secret))
      }
      if (input.framedIpAddress) writer.address('Framed-IP-Address', input.framedIpAddress)
      return this.#secret.signAccessRequest(writer.take(), authenticator)
    })
  }

  /** Accounting-Request; true when it was acknowledged. */
  async account(input: AccountingInput): Promise<boolean> {
    const answer = await this.#ask(this.#options.acctPort, (identifier) => {
      const writer = this.#begin('Accounting-Request', identifier, false)
      writer.integer('Acct-Status-Type', acctStatus[input.status])
      writer.text('Acct-Session-Id', input.acctSessionId).text('Calling-Station-Id', input.callingStationId)
      if (input.userName) writer.text('User-Name', input.userName)
      if (input.class) writer.octets('Class', input.class)
      if (input.framedIpAddress) writer.address('Framed-IP-Address', input.framedIpAddress)
      if (input.sessionTimeSeconds !== undefined)
        writer.integer('Acct-Session-Time', input.sessionTimeSeconds)
      this.#octets(writer, input)
      if (input.terminateCause !== undefined) writer.integer('Acct-Terminate-Cause', input.terminateCause)
      if (input.delaySeconds !== undefined) writer.integer('Acct-Delay-Time', input.delaySeconds)
      if (input.eventTimestamp)
        writer.integer('Event-Timestamp', Math.floor(input.eventTimestamp.getTime() / 1000))
      return this.#secret.signRequest(writer.take())
    })
    return answer?.code === codes['Accounting-Response']
  }

  /** Status-Server (RFC 5997) to one of the ports. */
  async status(port: 'auth' | 'acct'): Promise<boolean> {
    const number = port === 'auth' ? this.#options.authPort : this.#options.acctPort
    const answer = await this.#ask(number, (identifier) =>
      this.#secret.signAccessRequest(this.#begin('Status-Server', identifier, true).take(), randomBytes(16)),
    )
    return answer !== undefined
  }

  /** Answers Disconnect-Requests on a port of its own, until `close`. `end` says whether the session was there. */
  answerDisconnects(port: number, end: (acctSessionId: string) => boolean): Promise<Answering> {
    return this.#answer(port, 'Disconnect', (request) =>
      end(request.text('Acct-Session-Id') ?? '') ? undefined : 503,
    )
  }

  /** Answers CoA-Requests in the same way. `take` gives an Error-Cause where it does not take the change. */
  answerChanges(port: number, take: (request: Packet) => number | undefined): Promise<Answering> {
    return this.#answer(port, 'CoA', take)
  }

  async #answer(
    port: number,
    kind: 'Disconnect' | 'CoA',
    take: (request: Packet) => number | undefined,
  ): Promise<Answering> {
    const socket = createSocket('udp4')
    socket.on('message', (bytes, from) => {
      const request = decode(Buffer.from(bytes))
      if (typeof request === 'string' || request.code !== codes[`${kind}-Request`]) return
      if (!this.#secret.verifiesRequest(request)) return
      const errorCause = take(request)
      const code = codes[`${kind}-${errorCause === undefined ? 'ACK' : 'NAK'}`]
      const writer = new Writer().begin(code, request.identifier, { messageAuthenticator: true })
      if (errorCause !== undefined) writer.integer('Error-Cause', errorCause)
      socket.send(this.#secret.signResponse(writer.take(), request.authenticator), from.port, from.address)
    })
    await new Promise<void>((done, failed) => {
      socket.once('error', failed)
      socket.bind(port, this.#options.address ?? '127.0.0.1', () => done())
    })
    return { port: socket.address().port, close: () => socket.close() }
  }

  #begin(code: CodeName, identifier: number, messageAuthenticator: boolean): Writer {
    const writer = this.#writer.begin(codes[code], identifier, { messageAuthenticator })
    writer.address('NAS-IP-Address', this.#options.address ?? '127.0.0.1')
    if (this.#options.nasIdentifier) writer.text('NAS-Identifier', this.#options.nasIdentifier)
    return writer
  }

  #octets(writer: Writer, input: AccountingInput) {
    for (const [octets, name, gigawords] of [
      [input.inputOctets, 'Acct-Input-Octets', 'Acct-Input-Gigawords'],
      [input.outputOctets, 'Acct-Output-Octets', 'Acct-Output-Gigawords'],
    ] as const) {
      if (octets === undefined) continue
      writer.integer(name, Number(octets & 0xffffffffn)).integer(gigawords, Number(octets >> 32n))
    }
  }

  async #ask(port: number, build: (identifier: number) => Buffer): Promise<Packet | undefined> {
    while (this.#waiting.size >= 256) await new Promise((done) => setTimeout(done, 5))
    do this.#identifier = (this.#identifier + 1) & 255
    while (this.#waiting.has(this.#identifier))
    const identifier = this.#identifier
    const request = build(identifier)
    const { server, timeoutMs = 2000, tries = 3 } = this.#options
    return new Promise((done) => {
      let left = tries
      const end = (packet: Packet | undefined) => {
        clearTimeout(timer)
        this.#waiting.delete(identifier)
        done(packet)
      }
      const send = () => {
        if (left-- === 0) return end(undefined)
        this.#socket.send(request, port, server)
        timer = setTimeout(send, timeoutMs)
      }
      let timer: NodeJS.Timeout
      this.#waiting.set(identifier, { request, done: end })
      send()
    })
  }

  /** An answer counts only with its Response Authenticator right, and its Message-Authenticator where it has one. */
  #receive(bytes: Buffer) {
    const packet = decode(Buffer.from(bytes))
    if (typeof packet === 'string') return
    const waiting = this.#waiting.get(packet.identifier)
    if (!waiting) return
    const authenticator = waiting.request.subarray(4, 20)
    if (!this.#secret.verifiesResponse(packet, authenticator)) return
    if (packet.has('Message-Authenticator') && !this.#secret.verifiesMessage(packet, authenticator)) return
    waiting.done(packet)
  }
}

function chapOf(password: Uint8Array) {
  const challenge = randomBytes(16)
  return { identifier: 7, challenge, response: chapResponse(7, password, challenge) }
}
