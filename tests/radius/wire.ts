import { createSocket, type Socket } from 'node:dgram'
import { accessRequest, isAnswer } from './oracle.ts'

/** A raw UDP socket of an access point: what it sends is up to the test, what comes back is kept by Identifier. */
export class Wire {
  readonly answers: Buffer[] = []
  readonly #waiting = new Map<number, (answer: Buffer) => void>()

  private constructor(
    readonly socket: Socket,
    readonly port: number,
  ) {
    socket.on('message', (bytes) => {
      const answer = Buffer.from(bytes)
      this.answers.push(answer)
      this.#waiting.get(answer[1] as number)?.(answer)
    })
  }

  static async open(port: number, address = '127.0.0.1'): Promise<Wire> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 4 << 20 })
    await new Promise<void>((done, failed) => {
      socket.once('error', failed)
      socket.bind(0, address, () => done())
    })
    return new Wire(socket, port)
  }

  get sourcePort(): number {
    return this.socket.address().port
  }

  send(bytes: Uint8Array): void {
    this.socket.send(bytes, this.port, '127.0.0.1')
  }

  /** The first answer with this Identifier; undefined after `waitMs`. Asks again once a second, as an access point does. */
  ask(bytes: Uint8Array, waitMs = 5000): Promise<Buffer | undefined> {
    const identifier = bytes[1] as number
    return new Promise((done) => {
      const again = setInterval(() => this.send(bytes), 1000)
      const end = (answer: Buffer | undefined) => {
        clearInterval(again)
        clearTimeout(timer)
        this.#waiting.delete(identifier)
        done(answer)
      }
      const timer = setTimeout(() => end(undefined), waitMs)
      this.#waiting.set(identifier, end)
      this.send(bytes)
    })
  }

  /** Asks many, at most `window` at a time, with Identifiers given out here. */
  async askAll(builds: ((identifier: number) => Buffer)[], window = 100): Promise<(Buffer | undefined)[]> {
    const answers = new Array<Buffer | undefined>(builds.length)
    let next = 0
    const free = Array.from({ length: 256 }, (_, index) => index)
    const worker = async () => {
      for (let index = next++; index < builds.length; index = next++) {
        const identifier = free.shift() as number
        const build = builds[index] as (identifier: number) => Buffer
        answers[index] = await this.ask(build(identifier))
        free.push(identifier)
      }
    }
    await Promise.all(Array.from({ length: Math.min(window, 200) }, worker))
    return answers
  }

  close() {
    this.socket.close()
  }
}

/** Comes back when the server has read everything that was sent to this port before. */
export async function barrier(port: number, nas: { address?: string; secret: string }): Promise<void> {
  const wire = await Wire.open(port, nas.address)
  const status = accessRequest(nas.secret, 7, [], { code: 12 })
  const answer = await wire.ask(status)
  wire.close()
  if (!answer || !isAnswer(answer, status, nas.secret)) throw new Error('the server does not answer any more')
}

/**
 * Sends packets that must not be answered, some hundred at a time so that none is lost on the way.
 * @returns what was answered all the same.
 */
export async function sendInSilence(
  packets: readonly Uint8Array[],
  port: number,
  nas: { address?: string; secret: string },
): Promise<Buffer[]> {
  const wire = await Wire.open(port, nas.address)
  for (let at = 0; at < packets.length; at += 500) {
    for (const packet of packets.slice(at, at + 500)) wire.send(packet)
    await barrier(port, nas)
  }
  wire.close()
  return wire.answers
}
