import { randomBytes } from 'node:crypto'
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls'
import { Secret } from '../../radius/authenticator.ts'
import { type CodeName, codes } from '../../radius/dictionary/index.ts'
import { acctStatus } from '../../radius/dictionary/rfc2866.ts'
import { decode, type Packet } from '../../radius/packet.ts'
import { chapResponse, hidePassword } from '../../radius/password.ts'
import { Frames } from '../../radius/radsec/frames.ts'
import { Writer } from '../../radius/writer.ts'

export const radsec = new Secret('radsec')

/** The TLS half of an access point: sends what it is given, cut as it is told, and collects what comes back. */
export class RadsecClient {
  readonly socket: TLSSocket
  /** Everything that came, in order. */
  readonly came: Packet[] = []
  readonly closed: Promise<void>
  isClosed = false
  onRequest: (request: Packet) => void = () => {}
  readonly #frames = new Frames()
  readonly #waiting = new Map<number, (packet: Packet) => void>()

  private constructor(socket: TLSSocket) {
    this.socket = socket
    socket.on('error', () => {})
    this.closed = new Promise((done) =>
      socket.once('close', () => {
        this.isClosed = true
        done()
      }),
    )
    socket.on('data', (chunk) => {
      this.#frames.put(chunk)
      for (let bytes = this.#frames.next(); bytes && bytes !== 'bad-length'; bytes = this.#frames.next()) {
        const packet = decode(Buffer.from(bytes))
        if (typeof packet === 'string') throw new Error(packet)
        this.came.push(packet)
        if (packet.code === codes['Disconnect-Request'] || packet.code === codes['CoA-Request'])
          this.onRequest(packet)
        else this.#waiting.get(packet.identifier)?.(packet)
      }
    })
  }

  static async open(port: number, options: ConnectionOptions): Promise<RadsecClient> {
    const socket = connect({ host: '127.0.0.1', port, checkServerIdentity: () => undefined, ...options })
    const client = new RadsecClient(socket)
    await Promise.race([new Promise((done) => socket.once('secureConnect', done)), client.closed])
    return client
  }

  /** Sends one and waits for its answer; undefined where the connection closes or nothing comes. */
  async ask(request: Buffer, waitMs = 3000): Promise<Packet | undefined> {
    const answer = new Promise<Packet>((done) => this.#waiting.set(request[1] ?? 0, done))
    this.socket.write(request)
    const silence = new Promise<undefined>((done) => setTimeout(() => done(undefined), waitMs))
    return Promise.race([answer, this.closed.then(() => undefined), silence])
  }

  close() {
    this.socket.destroy()
  }
}

const begin = (code: CodeName, identifier: number, signed: boolean, nasIdentifier = 'ap-behind-nat') =>
  new Writer()
    .begin(codes[code], identifier, { messageAuthenticator: signed })
    .text('NAS-Identifier', nasIdentifier)

export function accessRequest(
  identifier: number,
  input: {
    userName: string
    password: string
    mac: string
    method?: 'pap' | 'chap'
    nasIdentifier?: string
    signed?: boolean
  },
): Buffer {
  const authenticator = randomBytes(16)
  const writer = begin('Access-Request', identifier, input.signed ?? true, input.nasIdentifier)
    .text('User-Name', input.userName)
    .text('Calling-Station-Id', input.mac)
  const password = Buffer.from(input.password)
  if (input.method === 'chap')
    writer
      .octets('CHAP-Password', Buffer.concat([Buffer.from([9]), chapResponse(9, password, authenticator)]))
      .octets('CHAP-Challenge', authenticator)
  else writer.octets('User-Password', hidePassword(password, authenticator, radsec))
  return radsec.signAccessRequest(writer.take(), authenticator)
}

export function accountingRequest(
  identifier: number,
  input: {
    status: keyof typeof acctStatus
    session: string
    mac: string
    class?: string
    userName?: string
    octets?: number
    nasIdentifier?: string
  },
): Buffer {
  const writer = begin('Accounting-Request', identifier, false, input.nasIdentifier)
    .integer('Acct-Status-Type', acctStatus[input.status])
    .text('Acct-Session-Id', input.session)
    .text('Calling-Station-Id', input.mac)
    .integer('Acct-Session-Time', 10)
    .integer('Acct-Input-Octets', input.octets ?? 0)
  if (input.userName) writer.text('User-Name', input.userName)
  if (input.class) writer.text('Class', input.class)
  return radsec.signRequest(writer.take())
}

export const statusServer = (identifier: number) =>
  radsec.signAccessRequest(begin('Status-Server', identifier, true).take(), randomBytes(16))
