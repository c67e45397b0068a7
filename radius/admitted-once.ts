import type { Admission, Asking } from '../db/access/admit.ts'

/** Octets of a grant's id, and of what a credential is known by: NAS, device and user name. Ours are 30 and 62. */
const idMax = 63
const nameMax = 95
/** Stands for null: no limit is negative. */
const none = -1

/**
 * Credentials that were used last: each is there once, so they are a ring of numbers and no objects that would outlive
 * many collections of garbage. They are written at every sign-in and looked for only while the ledger is away, so there
 * is no index: looking through all of them takes a fraction of a millisecond.
 */
export class AdmittedOnce {
  /** Of each what it is known by, with its length before it; 0 where there is none. */
  readonly #names: Uint8Array
  readonly #endsAtMs: Float64Array
  /** Session-Timeout, Idle-Timeout, both bandwidths. */
  readonly #limits: Int32Array
  readonly #octetsLeft: BigInt64Array
  readonly #grantIds: Buffer
  #next = 0

  /** @param max credentials remembered. */
  constructor(private readonly max: number) {
    this.#names = new Uint8Array(max * (nameMax + 1))
    this.#endsAtMs = new Float64Array(max)
    this.#limits = new Int32Array(max * 4)
    this.#octetsLeft = new BigInt64Array(max)
    this.#grantIds = Buffer.alloc(max * (idMax + 1))
  }

  keep(asking: Asking, userName: string, admission: Admission) {
    const { grantId } = admission
    // What has no place is not remembered.
    const length = written(asking, userName)
    if (grantId.length > idMax || length === 0) return
    const at = this.#next
    this.#next = at + 1 === this.max ? 0 : at + 1
    const name = at * (nameMax + 1)
    this.#names[name] = length
    for (let index = 0; index < length; index++) this.#names[name + 1 + index] = text[index] as number
    this.#endsAtMs[at] = admission.endsAtMs
    this.#limits[at * 4] = admission.sessionTimeoutSeconds
    this.#limits[at * 4 + 1] = admission.idleTimeoutSeconds ?? none
    this.#limits[at * 4 + 2] = admission.bandwidthUpBps ?? none
    this.#limits[at * 4 + 3] = admission.bandwidthDownBps ?? none
    this.#octetsLeft[at] = admission.octetsLeft ?? BigInt(none)
    const id = at * (idMax + 1)
    this.#grantIds[id] = grantId.length
    for (let index = 0; index < grantId.length; index++)
      this.#grantIds[id + 1 + index] = grantId.charCodeAt(index)
  }

  drop(asking: Asking, userName: string) {
    const at = this.#find(asking, userName)
    if (at !== undefined) this.#names[at * (nameMax + 1)] = 0
  }

  find(asking: Asking, userName: string): Admission | undefined {
    const at = this.#find(asking, userName)
    if (at === undefined) return undefined
    const limit = (which: number) => {
      const value = this.#limits[at * 4 + which] as number
      return value === none ? null : value
    }
    const octets = this.#octetsLeft[at] as bigint
    const id = at * (idMax + 1)
    const length = this.#grantIds[id] as number
    return {
      grantId: this.#grantIds.toString('latin1', id + 1, id + 1 + length),
      endsAtMs: this.#endsAtMs[at] as number,
      sessionTimeoutSeconds: this.#limits[at * 4] as number,
      idleTimeoutSeconds: limit(1),
      bandwidthUpBps: limit(2),
      bandwidthDownBps: limit(3),
      octetsLeft: octets === BigInt(none) ? null : octets,
    }
  }

  /** The newest first: a credential used again was kept again. */
  #find(asking: Asking, userName: string): number | undefined {
    const length = written(asking, userName)
    if (length === 0) return undefined
    for (let back = 1; back <= this.max; back++) {
      const at = (this.#next - back + this.max) % this.max
      if (this.#isNamed(at, length)) return at
    }
    return undefined
  }

  /** Whether this one is known by the first octets of `text`. */
  #isNamed(at: number, length: number): boolean {
    const name = at * (nameMax + 1)
    if (this.#names[name] !== length) return false
    // From the end: credentials of one gateway differ there.
    for (let index = length - 1; index >= 0; index--)
      if (this.#names[name + 1 + index] !== text[index]) return false
    return true
  }
}

const text = new Uint8Array(nameMax)

/**
 * What a credential is known by, into `text`.
 * @returns its octets; 0 for a name that is none of ours: those are ASCII, and have a place.
 */
function written({ nasId, mac }: Asking, userName: string): number {
  if (nasId.length + mac.length + userName.length > nameMax - 2) return 0
  const afterNas = put(nasId, 0)
  const afterMac = afterNas && put(mac, afterNas)
  const length = afterMac && put(userName, afterMac)
  return length && length - 1
}

/** @returns where the next part begins, after a NUL; 0 where a sign is none of ours. */
function put(part: string, from: number): number {
  for (let index = 0; index < part.length; index++) {
    const code = part.charCodeAt(index)
    if (code === 0 || code > 127) return 0
    text[from + index] = code
  }
  const end = from + part.length
  if (end < text.length) text[end] = 0
  return end + 1
}
