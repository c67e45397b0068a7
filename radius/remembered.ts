/** Milliseconds in which a repeat is answered from memory: RFC 5080 §2.2.2 asks for 5 to 30 seconds. */
export const memoryMs = 30_000

/** Requests remembered at first and at most, and octets of their answers: powers of two. */
const requests = { min: 1 << 10, max: 1 << 18 }
const octets = { min: 1 << 17, max: 1 << 25 }
/** The octets are written in so many parts; of each is known when it was written last. */
const parts = 16

/**
 * Requests that were verified, and their answers, in the order they came: rings of numbers and octets, and no object.
 * What is remembered for half a minute outlives many collections of garbage, and thousands of such objects a second cost
 * a stop of 10 ms every few seconds. The rings grow while what would be overwritten is younger than `memoryMs`, up to an
 * end; from there on the oldest is forgotten early.
 */
export class Remembered {
  #size = requests.min
  /** Of each the Request Authenticator, in four words. */
  #authenticators = new Int32Array(requests.min * 4)
  #atMs = new Float64Array(requests.min)
  /** Where its answer begins, counted from the first octet ever, and its octets; 0 where it has none. */
  #answerAt = new Float64Array(requests.min)
  #answerLength = new Uint16Array(requests.min)
  #next = 1
  #octets = Buffer.alloc(octets.min)
  #nextOctet = 0
  #writtenMs = new Float64Array(parts).fill(Number.NEGATIVE_INFINITY)

  /** @returns the number it is known by: 1 and up. */
  add(authenticator: Uint8Array, nowMs: number): number {
    const number = this.#next
    const oldest = number - this.#size
    if (oldest > 0 && this.#size < requests.max && nowMs - this.#ageOf(oldest) <= memoryMs) this.#grow()
    this.#next++
    const slot = number & (this.#size - 1)
    for (let word = 0; word < 4; word++)
      this.#authenticators[slot * 4 + word] = wordAt(authenticator, word * 4)
    this.#atMs[slot] = nowMs
    this.#answerLength[slot] = 0
    return number
  }

  /** Whether this number still stands for the request with this authenticator. */
  is(number: number, authenticator: Uint8Array, nowMs: number): boolean {
    if (!this.#has(number) || nowMs - this.#ageOf(number) > memoryMs) return false
    const at = (number & (this.#size - 1)) * 4
    for (let word = 0; word < 4; word++)
      if (this.#authenticators[at + word] !== wordAt(authenticator, word * 4)) return false
    return true
  }

  /** Keeps what a request was answered with. */
  answer(number: number, bytes: Uint8Array, nowMs: number) {
    if (!this.#has(number)) return
    const { length } = bytes
    const at = this.#room(length, nowMs)
    const from = at % this.#octets.length
    for (let index = 0; index < length; index++) this.#octets[from + index] = bytes[index] as number
    this.#nextOctet = at + length
    const slot = number & (this.#size - 1)
    this.#answerAt[slot] = at
    this.#answerLength[slot] = length
  }

  /** A copy of what a request was answered with; undefined where it was not yet, or that is forgotten. */
  answerTo(number: number): Buffer | undefined {
    if (!this.#has(number)) return undefined
    const slot = number & (this.#size - 1)
    const length = this.#answerLength[slot] as number
    const at = this.#answerAt[slot] as number
    if (length === 0 || at < this.#nextOctet - this.#octets.length) return undefined
    const from = at % this.#octets.length
    return Buffer.from(this.#octets.subarray(from, from + length))
  }

  #has(number: number): boolean {
    return number > 0 && number < this.#next && number >= this.#next - this.#size
  }

  #ageOf(number: number): number {
    return this.#atMs[number & (this.#size - 1)] as number
  }

  #grow() {
    this.#authenticators = doubled(this.#authenticators, new Int32Array(this.#size * 8), this.#next * 4)
    this.#atMs = doubled(this.#atMs, new Float64Array(this.#size * 2), this.#next)
    this.#answerAt = doubled(this.#answerAt, new Float64Array(this.#size * 2), this.#next)
    this.#answerLength = doubled(this.#answerLength, new Uint16Array(this.#size * 2), this.#next)
    this.#size *= 2
  }

  /** Where an answer of so many octets goes, in one piece. */
  #room(length: number, nowMs: number): number {
    let at = this.#nextOctet
    const size = this.#octets.length
    if ((at % size) + length > size) at += size - (at % size)
    const part = Math.floor(((at + length) % size) / (size / parts))
    const isNew = part !== Math.floor((this.#nextOctet % size) / (size / parts))
    if (isNew && size < octets.max && nowMs - (this.#writtenMs[part] as number) <= memoryMs) {
      this.#octets = doubled(this.#octets, Buffer.alloc(size * 2), this.#nextOctet)
      // What stands before the next octet may be young; as many octets from there on are empty.
      const here = Math.floor((this.#nextOctet % (size * 2)) / ((size * 2) / parts))
      this.#writtenMs.fill(nowMs)
      for (let ahead = 1; ahead < parts / 2; ahead++)
        this.#writtenMs[(here + ahead) % parts] = Number.NEGATIVE_INFINITY
      return this.#room(length, nowMs)
    }
    this.#writtenMs[part] = nowMs
    return at
  }
}

/** A ring in another of twice its length, every position where its remainder wants it. @param next the one to be written next. */
function doubled<T extends Int32Array | Float64Array | Uint16Array | Uint8Array>(
  from: T,
  to: T,
  next: number,
): T {
  const size = from.length
  const begin = next - (next % size)
  to.set(from.subarray(0, next - begin), begin % to.length)
  if (begin >= size) to.set(from.subarray(next - begin), (next - size) % to.length)
  return to
}

const wordAt = (bytes: Uint8Array, at: number) =>
  ((bytes[at] as number) << 24) |
  ((bytes[at + 1] as number) << 16) |
  ((bytes[at + 2] as number) << 8) |
  (bytes[at + 3] as number)
