import { parseIp } from '../db/values/ip.ts'
import { memoryMs, Remembered } from './remembered.ts'

/** Sources known at most; beyond it those that were silent longest are forgotten first. */
const sourcesMax = 100_000
/** Status-Server requests of one source answered in a second (RFC 5997 §4.2 asks for a limit). */
const statusPerSecond = 10

/** One address and port. */
export class Source {
  /** Requests that are being worked on now. */
  inWork = 0
  /** By Identifier the last request of it, sixteen in a row: most sources use few. */
  readonly #numbers: (number[] | undefined)[] = new Array(16).fill(undefined)
  #statusSecond = 0
  #statusCount = 0

  constructor(
    readonly from: string,
    /** Canonical address. */
    readonly address: string,
    public usedAtMs: number,
  ) {}

  /** Number of the last request with this Identifier; 0 where there is none. */
  numberOf(identifier: number): number {
    const row = this.#numbers[identifier >> 4]
    return row ? (row[identifier & 15] as number) : 0
  }

  note(identifier: number, number: number) {
    let row = this.#numbers[identifier >> 4]
    if (!row) {
      row = new Array<number>(16).fill(0)
      this.#numbers[identifier >> 4] = row
    }
    row[identifier & 15] = number
  }

  mayAskStatus(nowMs: number): boolean {
    const second = Math.floor(nowMs / 1000)
    if (second !== this.#statusSecond) this.#statusCount = 0
    this.#statusSecond = second
    return ++this.#statusCount <= statusPerSecond
  }
}

/**
 * Duplicate detection of RFC 5080 §2.2.2, for one socket: the same source, port, Identifier and Request Authenticator
 * is the same request. Answered already: the same bytes again, without work. Still in work: nothing. A new
 * authenticator on the same Identifier replaces the old entry. Several processes may share a port: the kernel gives
 * all packets of one source and port to the same one, so its memory is enough.
 * @param now milliseconds of a clock that never jumps.
 */
export class Sources {
  readonly #byPort = new Map<number, Source[]>()
  readonly #remembered = new Remembered()
  #size = 0
  readonly #timer: NodeJS.Timeout

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#timer = setInterval(() => this.sweep(), memoryMs / 2)
    this.#timer.unref()
  }

  close() {
    clearInterval(this.#timer)
  }

  /** Sources known now. */
  get size(): number {
    return this.#size
  }

  /** The source of a datagram where something of it is remembered. */
  find(address: string, port: number): Source | undefined {
    const here = this.#byPort.get(port)
    if (here) for (const source of here) if (source.from === address) return source
    return undefined
  }

  /** The same, made where it is new. Only for packets that have been verified: sources can be made up. */
  know(address: string, port: number): Source {
    const known = this.find(address, port)
    if (known) return known
    if (this.#size >= sourcesMax) this.#makeRoom()
    const source = new Source(address, parseIp(address) ?? address, this.now())
    const here = this.#byPort.get(port)
    if (here) here.push(source)
    else this.#byPort.set(port, [source])
    this.#size++
    return source
  }

  /** Number of the same request where it came before; 0 where it did not. */
  recall(source: Source, identifier: number, authenticator: Uint8Array): number {
    const number = source.numberOf(identifier)
    return number !== 0 && this.#remembered.is(number, authenticator, this.now()) ? number : 0
  }

  /** Only after the packet has been verified: a forged one must not touch what is remembered. @returns its number. */
  remember(source: Source, identifier: number, authenticator: Uint8Array): number {
    const nowMs = this.now()
    const number = this.#remembered.add(authenticator, nowMs)
    source.note(identifier, number)
    source.usedAtMs = nowMs
    return number
  }

  /** Keeps what a request was answered with. */
  answered(number: number, bytes: Uint8Array) {
    this.#remembered.answer(number, bytes, this.now())
  }

  /** What it was answered with; undefined while it is in work. */
  answerTo(number: number): Buffer | undefined {
    return this.#remembered.answerTo(number)
  }

  /** Drops a request that will not be answered, so that its repeat is tried again. */
  forget(source: Source, identifier: number, number: number) {
    if (source.numberOf(identifier) === number) source.note(identifier, 0)
  }

  mayAskStatus(source: Source): boolean {
    source.usedAtMs = this.now()
    return source.mayAskStatus(source.usedAtMs)
  }

  /** Forgets sources that were silent for longer than anything of them counts. */
  sweep(silentMs: number = memoryMs) {
    const nowMs = this.now()
    for (const [port, here] of this.#byPort) {
      const left = here.filter((source) => nowMs - source.usedAtMs <= silentMs)
      this.#size -= here.length - left.length
      if (left.length === 0) this.#byPort.delete(port)
      else if (left.length < here.length) this.#byPort.set(port, left)
    }
  }

  #makeRoom() {
    for (let silentMs = memoryMs / 2; this.#size > sourcesMax / 2 && silentMs >= 1000; silentMs /= 2)
      this.sweep(silentMs)
    if (this.#size < sourcesMax) return
    this.#byPort.clear()
    this.#size = 0
  }
}
