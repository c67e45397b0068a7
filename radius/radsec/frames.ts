/**
 * Takes a stream apart into packets by their Length (RFC 6613 §2.2): a packet may come in pieces, and several in one.
 * Nothing more is held than what was put in and not yet taken out.
 */
export class Frames {
  #held: Buffer = Buffer.alloc(0)

  put(chunk: Buffer) {
    this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
  }

  /**
   * The next whole packet, as a view; undefined where it has not come whole yet. After a Length that no packet has
   * (RFC 2865 §3) nobody knows where the next one begins: the stream is of no more use.
   */
  next(): Buffer | 'bad-length' | undefined {
    const held = this.#held
    if (held.length < 4) return undefined
    const length = held.readUInt16BE(2)
    if (length < 20 || length > 4096) return 'bad-length'
    if (held.length < length) return undefined
    this.#held = held.subarray(length)
    return held.subarray(0, length)
  }
}
