import { randomBytes } from 'node:crypto'
import type { Admission, Asking } from '../db/access/admit.ts'
import { HmacMd5 } from './md5.ts'

const textMax = 64
/** Stands for null: no limit is negative. */
const none = -1

/**
 * Credentials that were used last: each is there once, so they are a ring of numbers and no objects that would outlive
 * many collections of garbage. They are written at every sign-in and looked for only while the ledger is away, so there
 * is no index: looking through all of them takes a fraction of a millisecond.
 */
export class AdmittedOnce {
  readonly #hmac = new HmacMd5(randomBytes(16))
  readonly #digest = new Uint8Array(16)
  readonly #digestWords = new Int32Array(this.#digest.buffer)
  /** Of each the digest of NAS, device and user name, in four words; all 0 where there is none. */
  readonly #digests: Int32Array
  readonly #endsAtMs: Float64Array
  /** Session-Timeout, Idle-Timeout, both bandwidths. */
  readonly #limits: Int32Array
  readonly #octetsLeft: BigInt64Array
  readonly #grantIds: Buffer
  #next = 0

  /** @param max credentials remembered. */
  constructor(private readonly max: number) {
    this.#digests = new Int32Array(max * 4)
    this.#endsAtMs = new Float64Array(max)
    this.#limits = new Int32Array(max * 4)
    this.#octetsLeft = new BigInt64Array(max)
    this.#grantIds = Buffer.alloc(max * textMax)
  }

  keep(asking: Asking, userName: string, admission: Admission) {
    const { grantId } = admission
    // Ids of ours are 30 characters; what has no place is not remembered.
    if (grantId.length >= textMax || !this.#sign(asking, userName)) return
    const at = this.#next
    this.#next = at + 1 === this.max ? 0 : at + 1
    for (let word = 0; word < 4; word++) this.#digests[at * 4 + word] = this.#digestWords[word] as number
    this.#endsAtMs[at] = admission.endsAtMs
    this.#limits[at * 4] = admission.sessionTimeoutSeconds
    this.#limits[at * 4 + 1] = admission.idleTimeoutSeconds ?? none
    this.#limits[at * 4 + 2] = admission.bandwidthUpBps ?? none
    this.#limits[at * 4 + 3] = admission.bandwidthDownBps ?? none
    this.#octetsLeft[at] = admission.octetsLeft ?? BigInt(none)
    this.#grantIds[at * textMax] = grantId.length
    for (let index = 0; index < grantId.length; index++)
      this.#grantIds[at * textMax + 1 + index] = grantId.charCodeAt(index)
  }

  drop(asking: Asking, userName: string) {
    const at = this.#find(asking, userName)
    if (at !== undefined) this.#digests.fill(0, at * 4, at * 4 + 4)
  }

  find(asking: Asking, userName: string): Admission | undefined {
    const at = this.#find(asking, userName)
    if (at === undefined) return undefined
    const limit = (which: number) => {
      const value = this.#limits[at * 4 + which] as number
      return value === none ? null : value
    }
    const octets = this.#octetsLeft[at] as bigint
    const length = this.#grantIds[at * textMax] as number
    return {
      grantId: this.#grantIds.toString('latin1', at * textMax + 1, at * textMax + 1 + length),
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
    if (!this.#sign(asking, userName)) return undefined
    const [one, two, three, four] = this.#digestWords
    const digests = this.#digests
    for (let back = 1; back <= this.max; back++) {
      const at = (this.#next - back + this.max) % this.max
      if (
        digests[at * 4] === one &&
        digests[at * 4 + 1] === two &&
        digests[at * 4 + 2] === three &&
        digests[at * 4 + 3] === four
      )
        return at
    }
    return undefined
  }

  /**
   * With a key of this process alone: nobody can make two user names that stand for each other.
   * @returns false for a name that is none of ours: those are ASCII.
   */
  #sign({ nasId, mac }: Asking, userName: string): boolean {
    if (nasId.length + mac.length + userName.length > text.length - 3) return false
    let length = 0
    for (const part of [nasId, mac, userName]) {
      for (let index = 0; index < part.length; index++) {
        const code = part.charCodeAt(index)
        if (code === 0 || code > 127) return false
        text[length++] = code
      }
      text[length++] = 0
    }
    this.#hmac.sign(text, length, this.#digest)
    return true
  }
}

const text = new Uint8Array(1024)
