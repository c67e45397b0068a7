import { parseIp } from '../db/values/ip.ts'

/** One request that was verified, and its reply once there is one. */
export type Memory = { authenticator: Authenticator; reply: Buffer | undefined; atMs: number }
/**
 * 16 octets as four numbers: what is remembered for half a minute must not keep the datagram it stood in, for a hundred
 * thousand of those are what the garbage collector stops for.
 */
type Authenticator = readonly [number, number, number, number]

/** Milliseconds in which a repeat is answered from memory: RFC 5080 §2.2.2 asks for 5 to 30 seconds. */
export const memoryMs = 30_000
/** Requests remembered at most; beyond it the sources that were silent longest are forgotten first. */
const memoriesMax = 200_000
/** Status-Server requests of one source answered in a second (RFC 5997 §4.2 asks for a limit). */
const statusPerSecond = 10

/** What one socket remembers of one address and port: at most one request of each Identifier. */
export class Source {
  readonly memories = new Array<Memory | undefined>(256).fill(undefined)
  count = 0
  /** Requests that are being worked on now. */
  inWork = 0
  #statusSecond = 0
  #statusCount = 0

  constructor(
    readonly from: string,
    /** Canonical address. */
    readonly address: string,
    public usedAtMs: number,
  ) {}

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
  #size = 0
  readonly #timer: NodeJS.Timeout

  constructor(private readonly now: () => number = () => performance.now()) {
    this.#timer = setInterval(() => this.sweep(), memoryMs / 2)
    this.#timer.unref()
  }

  close() {
    clearInterval(this.#timer)
  }

  /** Requests remembered now. */
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
    const source = new Source(address, parseIp(address) ?? address, this.now())
    const here = this.#byPort.get(port)
    if (here) here.push(source)
    else this.#byPort.set(port, [source])
    return source
  }

  recall(source: Source, identifier: number, authenticator: Uint8Array): Memory | undefined {
    const memory = source.memories[identifier]
    if (!memory || this.now() - memory.atMs > memoryMs) return undefined
    return isSame(memory.authenticator, authenticator) ? memory : undefined
  }

  /** Only after the packet has been verified: a forged one must not touch what is remembered. */
  remember(source: Source, identifier: number, authenticator: Uint8Array): Memory {
    const nowMs = this.now()
    const memory: Memory = { authenticator: numbersOf(authenticator), reply: undefined, atMs: nowMs }
    if (!source.memories[identifier]) {
      source.count++
      this.#size++
    }
    source.memories[identifier] = memory
    source.usedAtMs = nowMs
    if (this.#size > memoriesMax) this.#makeRoom()
    return memory
  }

  /** Drops a request that will not be answered, so that its repeat is tried again. */
  forget(source: Source, identifier: number, memory: Memory) {
    if (source.memories[identifier] !== memory) return
    source.memories[identifier] = undefined
    source.count--
    this.#size--
  }

  mayAskStatus(source: Source): boolean {
    source.usedAtMs = this.now()
    return source.mayAskStatus(source.usedAtMs)
  }

  /** Forgets sources that were silent for longer than anything of them counts. */
  sweep(silentMs: number = memoryMs) {
    const nowMs = this.now()
    for (const [port, here] of this.#byPort) {
      const left: Source[] = []
      for (const source of here) {
        if (nowMs - source.usedAtMs <= silentMs) left.push(source)
        else this.#size -= source.count
      }
      if (left.length === 0) this.#byPort.delete(port)
      else if (left.length < here.length) this.#byPort.set(port, left)
    }
  }

  #makeRoom() {
    for (let silentMs = memoryMs / 2; this.#size > memoriesMax / 2 && silentMs >= 1000; silentMs /= 2)
      this.sweep(silentMs)
    if (this.#size <= memoriesMax) return
    this.#byPort.clear()
    this.#size = 0
  }
}

const wordAt = (octets: Uint8Array, at: number) =>
  ((octets[at] as number) << 24) |
  ((octets[at + 1] as number) << 16) |
  ((octets[at + 2] as number) << 8) |
  (octets[at + 3] as number)

const numbersOf = (octets: Uint8Array): Authenticator => [
  wordAt(octets, 0),
  wordAt(octets, 4),
  wordAt(octets, 8),
  wordAt(octets, 12),
]

function isSame(numbers: Authenticator, octets: Uint8Array): boolean {
  for (let index = 0; index < 4; index++) if (numbers[index] !== wordAt(octets, index * 4)) return false
  return true
}
