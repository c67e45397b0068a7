import type { Admission, Asking } from '../db/access/admit.ts'
import { AdmittedOnce } from './admitted-once.ts'

/** Seconds for which what was admitted is admitted again while the ledger is away. */
export const graceSeconds = 30 * 60

/**
 * The devices that were let in last, for the time the ledger is away. Bounded: two halves, of which the older is forgotten
 * whole when the younger is full. (A Map that loses its first entry at each turn steps over all it has lost before.)
 */
export class Admitted {
  #young = new Map<string, Admission>()
  #old = new Map<string, Admission>()
  readonly #once = new AdmittedOnce(credentialsMax)

  /** @param max devices that come back; never fewer than the last half of them are remembered. */
  constructor(private readonly max = 100_000) {}

  get size(): number {
    return this.#young.size + this.#old.size
  }

  keep(asking: Asking, admission: Admission, userName?: string) {
    if (userName !== undefined) return this.#once.keep(asking, userName, admission)
    const key = keyOf(asking)
    const kept = this.#young.get(key)
    // A device that comes back is mostly told what it was told before: the older object stays, the new one dies young.
    if (kept && isSame(kept, admission)) return
    if (!kept && this.#old.size > 0) this.#old.delete(key)
    this.#young.set(key, admission)
    if (this.#young.size < this.max / 2) return
    this.#old = this.#young
    this.#young = new Map()
  }

  /** A no that was heard: the device is not let in from memory either. */
  drop(asking: Asking, userName?: string) {
    if (userName !== undefined) return this.#once.drop(asking, userName)
    const key = keyOf(asking)
    this.#young.delete(key)
    this.#old.delete(key)
  }

  /**
   * What a device may have now without asking the ledger: its grant while that lives, and never past 30 minutes after
   * the ledger went away. A credential counts for the NAS and device it was bound to.
   */
  find(asking: Asking, now: Date, awaySince: Date, userName?: string): Admission | undefined {
    const kept = userName === undefined ? this.#device(asking) : this.#once.find(asking, userName)
    if (!kept) return undefined
    const awayMs = Math.max(0, now.getTime() - awaySince.getTime())
    const graceLeft = graceSeconds - awayMs / 1000
    const grantLeft = (kept.endsAtMs - now.getTime()) / 1000
    const seconds = Math.floor(Math.min(kept.sessionTimeoutSeconds, graceLeft, grantLeft))
    return seconds < 1 ? undefined : { ...kept, sessionTimeoutSeconds: seconds }
  }

  #device(asking: Asking): Admission | undefined {
    const key = keyOf(asking)
    return this.#young.get(key) ?? this.#old.get(key)
  }
}

const credentialsMax = 1 << 15
const keyOf = ({ siteId, mac }: Asking) => `${siteId} ${mac}`

const isSame = (one: Admission, other: Admission) =>
  one.grantId === other.grantId &&
  one.endsAtMs === other.endsAtMs &&
  one.sessionTimeoutSeconds === other.sessionTimeoutSeconds &&
  one.idleTimeoutSeconds === other.idleTimeoutSeconds &&
  one.bandwidthUpBps === other.bandwidthUpBps &&
  one.bandwidthDownBps === other.bandwidthDownBps &&
  one.octetsLeft === other.octetsLeft
