import { createSocket, type Socket } from 'node:dgram'
import { Random } from '../support/random.ts'
import { type Attribute, accountingRequest, isAnswer, u32 } from './oracle.ts'

export type Patience = {
  address: string
  secret: string
  port: number
  seed: number
  /** RFC 5080 §2.2.1: first wait, doubled up to the last, each ± 10 %; accounting is never given up. */
  firstMs: number
  lastMs: number
  /**
   * A repeat says how late it is, so it is another packet (RFC 2866 §5.2); else the same octets go out again.
   * Access points of both kinds are sold.
   */
  tellsDelay: boolean
}

type Waiting = { request: Buffer; done: () => void }

/** An access point that repeats each report until it is acknowledged, as RFC 5080 has it. */
export class PatientNas {
  sent = 0
  readonly #options: Patience
  readonly #random: Random
  readonly #doors: { socket: Socket; waiting: Map<number, Waiting>; free: number[] }[] = []

  private constructor(options: Patience) {
    this.#options = options
    this.#random = new Random(options.seed)
  }

  static async open(options: Patience): Promise<PatientNas> {
    const nas = new PatientNas(options)
    for (let count = 0; count < 2; count++) await nas.#openDoor()
    return nas
  }

  close() {
    for (const { socket } of this.#doors) socket.close()
  }

  /** Resolves when one of its transmissions was rightly acknowledged. */
  async report(attributes: readonly Attribute[], atMs: number): Promise<void> {
    const { secret, port, firstMs, lastMs, tellsDelay } = this.#options
    const door = this.#random.pick(this.#doors)
    const mine: number[] = []
    let isDone = false
    let done = () => {}
    const acknowledged = new Promise<void>((resolve) => {
      done = () => {
        isDone = true
        resolve()
      }
    })
    const build = async () => {
      while (door.free.length === 0) await pause(5)
      const identifier = door.free.shift() as number
      const delay = Math.max(0, Math.round((Date.now() - atMs) / 1000))
      const request = accountingRequest(secret, identifier, [...attributes, [41, u32(delay)]])
      door.waiting.set(identifier, { request, done })
      mine.push(identifier)
      return request
    }
    let request = await build()
    for (let waitMs = firstMs; !isDone; waitMs = Math.min(waitMs * 2, lastMs)) {
      this.sent++
      door.socket.send(request, port, '127.0.0.1')
      let timer: NodeJS.Timeout | undefined
      const late = new Promise((resolve) => {
        timer = setTimeout(resolve, waitMs * (0.9 + 0.2 * this.#random.next()))
      })
      await Promise.race([acknowledged, late])
      clearTimeout(timer)
      if (!isDone && tellsDelay) request = await build()
    }
    for (const identifier of mine) {
      door.waiting.delete(identifier)
      door.free.push(identifier)
    }
  }

  async #openDoor() {
    const { address, secret } = this.#options
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    const free = Array.from({ length: 256 }, (_, index) => index)
    const door = { socket, waiting: new Map<number, Waiting>(), free }
    socket.on('message', (bytes) => {
      const waiting = door.waiting.get(bytes[1] as number)
      if (waiting && bytes[0] === 5 && isAnswer(bytes, waiting.request, secret)) waiting.done()
    })
    await new Promise<void>((resolve, failed) => {
      socket.once('error', failed)
      socket.bind(0, address, () => resolve())
    })
    this.#doors.push(door)
  }
}

const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms))
