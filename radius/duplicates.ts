/**
 * Duplicate detection of RFC 5080 §2.2.2: same source, port, socket, Identifier and Request Authenticator is the same
 * request. Answered already: the same bytes again, without work. Still in work: nothing. A new authenticator on the
 * same Identifier replaces the old entry. Entries live 15 to 30 seconds.
 */
export type Memory = { authenticator: Buffer; reply: Buffer | undefined }

export class Duplicates {
  #young = new Map<string, Memory>()
  #old = new Map<string, Memory>()
  readonly #timer: NodeJS.Timeout

  constructor(halfLifeMs = 15_000) {
    this.#timer = setInterval(() => this.turn(), halfLifeMs)
    this.#timer.unref()
  }

  /** Forgets what is older than one half-life. */
  turn() {
    this.#old = this.#young
    this.#young = new Map()
  }

  close() {
    clearInterval(this.#timer)
  }

  find(key: string, authenticator: Uint8Array): Memory | undefined {
    const memory = this.#young.get(key) ?? this.#old.get(key)
    return memory?.authenticator.equals(authenticator) ? memory : undefined
  }

  /** Only after the packet has been verified: a forged one must not touch what is remembered. */
  remember(key: string, authenticator: Uint8Array): Memory {
    const memory: Memory = { authenticator: Buffer.from(authenticator), reply: undefined }
    this.#young.set(key, memory)
    return memory
  }

  /** Drops a request that will not be answered, so that its repeat is tried again. */
  forget(key: string, memory: Memory) {
    if (this.#young.get(key) === memory) this.#young.delete(key)
    if (this.#old.get(key) === memory) this.#old.delete(key)
  }

  get size(): number {
    return this.#young.size + this.#old.size
  }
}
