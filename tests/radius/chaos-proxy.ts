import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { Random } from '../support/random.ts'

export type Chaos = {
  seed: number
  /** Share of datagrams that never arrive, each way. */
  lose: number
  /** Share that arrives twice. */
  repeat: number
  /** Milliseconds most take at most; one in ten takes up to `lateMs`, so that they overtake each other. */
  delayMs: number
  lateMs: number
}

/**
 * A bad network before a UDP port: it loses, repeats, delays and thereby disorders, both ways, drawn from a seed.
 * What passes leaves from the sender's own address, by which a RADIUS server knows it.
 */
export class ChaosProxy {
  passed = 0
  lost = 0
  repeated = 0
  #pending = 0
  readonly #random: Random
  readonly #upstream = new Map<string, Promise<Socket>>()

  private constructor(
    readonly socket: Socket,
    readonly target: number,
    readonly chaos: Chaos,
  ) {
    this.#random = new Random(chaos.seed)
    socket.on('message', (bytes, from) => void this.#forward(Buffer.from(bytes), from))
  }

  static async open(target: number, chaos: Chaos): Promise<ChaosProxy> {
    return new ChaosProxy(await bound('127.0.0.1'), target, chaos)
  }

  get port(): number {
    return this.socket.address().port
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    while (this.#pending > 0) await new Promise((done) => setTimeout(done, 20))
  }

  async close(): Promise<void> {
    await this.idle()
    this.socket.close()
    for (const upstream of this.#upstream.values()) (await upstream).close()
  }

  async #forward(bytes: Buffer, from: RemoteInfo) {
    const key = `${from.address}:${from.port}`
    let upstream = this.#upstream.get(key)
    if (!upstream) {
      upstream = bound(from.address)
      this.#upstream.set(key, upstream)
      void upstream.then((socket) =>
        socket.on('message', (answer) => {
          const copy = Buffer.from(answer)
          this.#pass(() => this.socket.send(copy, from.port, from.address))
        }),
      )
    }
    const socket = await upstream
    this.#pass(() => socket.send(bytes, this.target, '127.0.0.1'))
  }

  #pass(send: () => void) {
    const { lose, repeat, delayMs, lateMs } = this.chaos
    if (this.#random.chance(lose)) {
      this.lost++
      return
    }
    const copies = this.#random.chance(repeat) ? 2 : 1
    this.passed += copies
    this.repeated += copies - 1
    for (let copy = 0; copy < copies; copy++) {
      this.#pending++
      const wait = this.#random.next() * (this.#random.chance(0.1) ? lateMs : delayMs)
      setTimeout(() => {
        this.#pending--
        send()
      }, wait)
    }
  }
}

async function bound(address: string): Promise<Socket> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
  await new Promise<void>((done, failed) => {
    socket.once('error', failed)
    socket.bind(0, address, () => done())
  })
  return socket
}
