import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { certificateNames } from './certificate-names.ts'
import { type CertificateFiles, CertificateWatch, readCertificates } from './certificates.ts'
import { Connection, type ConnectionLimits, type ConnectionParts } from './connection.ts'

export type RadsecOptions = CertificateFiles & { host: string; port: number }
export type RadsecLimits = ConnectionLimits & {
  connectionsMax: number
  /** Connections of one certificate. */
  connectionsOfOneMax: number
  /** How often the certificate files are looked at. */
  lookEveryMs: number
}

const usual: RadsecLimits = {
  // Three of the longest usual interim intervals: a way back to the NAS is worth keeping. Dead ones TCP finds.
  idleMs: 1_800_000,
  unansweredMax: 200,
  connectionsMax: 2000,
  connectionsOfOneMax: 32,
  lookEveryMs: 5000,
}

/**
 * RADIUS over TLS (RFC 6614): who it is says the certificate, which our own authority must have signed and a gateway
 * must be registered with. Never an address: that is what it is for.
 */
export class Radsec {
  readonly #server: Server
  readonly #watch: CertificateWatch
  readonly #connections = new Set<Connection>()
  readonly #wayTo = new Map<string, Connection>()
  /** Those in the handshake too. */
  readonly #sockets = new Set<Socket>()

  constructor(
    private readonly options: RadsecOptions,
    private readonly parts: Omit<ConnectionParts, 'onHeard'> & {
      /** A certificate that is good and known of no gateway: told once, so that it can be registered. */
      onStranger(names: readonly string[]): void
    },
    limits: Partial<RadsecLimits> = {},
  ) {
    const { connectionsMax, lookEveryMs, ...rest } = { ...usual, ...limits }
    this.#server = createServer({
      ...readCertificates(options),
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: 10_000,
      // Who comes back shows the certificate again.
      secureOptions: constants.SSL_OP_NO_TICKET,
    })
    this.#server.maxConnections = connectionsMax
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket)
      socket.on('close', () => this.#sockets.delete(socket))
    })
    this.#server.on('secureConnection', (socket) => this.#open(socket, rest))
    this.#server.on('tlsClientError', (error, socket) =>
      this.parts.counters.add(`radsec.refused.${whyRefused(error, socket)}`),
    )
    this.#server.on('drop', () => this.parts.counters.add('radsec.refused.no-room'))
    this.#watch = new CertificateWatch(
      options,
      (read) => this.#server.setSecureContext(read),
      parts.onError,
      lookEveryMs,
    )
  }

  /** Rejects with the system's error, EADDRINUSE for one. */
  listen(): Promise<void> {
    const { host, port } = this.options
    return new Promise((done, failed) => {
      this.#server.once('error', failed)
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', failed)
        this.#server.on('error', this.parts.onError)
        done()
      })
    })
  }

  /** Reads the certificate files anew; connections that are open stay. */
  reread() {
    this.#watch.look(true)
  }

  /** The open connection a NAS was last heard on, where its certificate is still its own. */
  wayTo(nasId: string): Connection | undefined {
    const connection = this.#wayTo.get(nasId)
    if (!connection?.isOpen) return undefined
    return this.parts.neighbours.certified(connection.names).some((nas) => nas.nasId === nasId)
      ? connection
      : undefined
  }

  /** Takes no more, answers what is under way, closes. */
  async close(waitMs = 5000): Promise<void> {
    this.#watch.close()
    const closed = new Promise<void>((done) => this.#server.close(() => done()))
    for (const connection of this.#connections) connection.stopReading()
    const until = Date.now() + waitMs
    while ([...this.#connections].some(({ isBusy }) => isBusy) && Date.now() < until)
      await new Promise((done) => setTimeout(done, 10))
    for (const connection of this.#connections) connection.end('shutdown')
    const giveUp = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy()
    }, 500)
    await closed
    clearTimeout(giveUp)
  }

  #open(socket: TLSSocket, limits: ConnectionLimits & { connectionsOfOneMax: number }) {
    const { counters, neighbours, onError, onStranger } = this.parts
    socket.on('error', () => counters.add('radsec.closed.fault'))
    try {
      const certificate = socket.getPeerX509Certificate()
      const names = socket.authorized && certificate ? certificateNames(certificate) : []
      if (neighbours.certified(names).length === 0) {
        counters.add('radsec.refused.unknown-identity')
        if (names.length) onStranger(names)
        return socket.destroy()
      }
      const ofOne = [...this.#connections].filter((one) => one.names[0] === names[0]).length
      if (ofOne >= limits.connectionsOfOneMax) {
        counters.add('radsec.refused.too-many-of-one')
        return socket.destroy()
      }
      const connection = new Connection(
        socket,
        names,
        { ...this.parts, onHeard: (heardOn, nasId) => this.#wayTo.set(nasId, heardOn) },
        limits,
      )
      this.#connections.add(connection)
      counters.add('radsec.connected')
      socket.on('close', () => {
        this.#connections.delete(connection)
        for (const [nasId, way] of this.#wayTo) if (way === connection) this.#wayTo.delete(nasId)
      })
    } catch (error) {
      onError(error)
      socket.destroy()
    }
  }
}

/** A closed set of words for what went wrong before there was a connection. */
function whyRefused(error: Error, socket: TLSSocket): string {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE') return 'no-certificate'
  // A string where the certificate did not verify; the types know only Error.
  if (socket.authorizationError) return 'bad-certificate'
  if (code === 'ERR_TLS_HANDSHAKE_TIMEOUT') return 'too-slow'
  return 'no-tls'
}
