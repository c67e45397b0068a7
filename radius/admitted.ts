import type { Admission, Asking } from '../db/access/admit.ts'
import { AdmittedOnce } from './admitted-once.ts'

/** Seconds for which what was admitted is admitted again while the ledger is away. */
export const graceSeconds = 30 * 60

/** A device that was let in, and whether the ledger would say so again. */
export type Kept = { admission: Admission; knownIn: number }

/**
 * The devices that were let in last. Bounded: two halves, of which the older is forgotten whole when the younger is full.
 * (A Map that loses its first entry at each turn steps over all it has lost before.)
 *
 * Of some the ledger would say the same again as long as it has no news of them: those are known (see `Returning`). The
 * others are kept for the time the ledger is away.
 */
export class Admitted {
  #young = new Map<string, Kept>()
  #old = new Map<string, Kept>()
  readonly #once = new AdmittedOnce(credentialsMax)
  /** How often all was doubted. */
  #doubts = 1

  /** @param max devices that come back; never fewer than the last half of them are remembered. */
  constructor(private readonly max = 100_000) {}

  get size(): number {
    return this.#young.size + this.#old.size
  }

  /** @param options.isKnown the ledger says the same again until it has news of this device, or the grant ends. */
  keep(
    asking: Asking,
    admission: Admission,
    options: { userName?: string | undefined; isKnown?: boolean } = {},
  ) {
    const { userName, isKnown = false } = options
    if (userName !== undefined) return this.#once.keep(asking, userName, admission)
    const key = keyOf(asking)
    const knownIn = isKnown ? this.#doubts : 0
    const kept = this.#young.get(key)
    if (kept) {
      // A device that comes back is mostly told what it was told before: the older object stays, the new one dies young.
      if (!isSame(kept.admission, admission)) kept.admission = admission
      kept.knownIn = knownIn
      return
    }
    if (this.#old.size > 0) this.#old.delete(key)
    this.#add(key, { admission, knownIn })
  }

  /** A device of which the ledger has said nothing new since it was let in. */
  known(asking: Asking): Kept | undefined {
    const key = keyOf(asking)
    let kept = this.#young.get(key)
    if (!kept) {
      kept = this.#old.get(key)
      if (!kept) return undefined
      this.#old.delete(key)
      this.#add(key, kept)
    }
    return this.isKnown(kept) ? kept : undefined
  }

  isKnown(kept: Kept): boolean {
    return kept.knownIn === this.#doubts
  }

  /** There is news of this device: it has to be looked for again. @param key `siteId mac` */
  doubt(key: string) {
    const kept = this.#young.get(key) ?? this.#old.get(key)
    if (kept) kept.knownIn = 0
  }

  doubtAll() {
    this.#doubts++
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
    const kept = userName === undefined ? this.#device(asking)?.admission : this.#once.find(asking, userName)
    if (!kept) return undefined
    const awayMs = Math.max(0, now.getTime() - awaySince.getTime())
    const graceLeft = graceSeconds - awayMs / 1000
    const grantLeft = (kept.endsAtMs - now.getTime()) / 1000
    const seconds = Math.floor(Math.min(kept.sessionTimeoutSeconds, graceLeft, grantLeft))
    return seconds < 1 ? undefined : { ...kept, sessionTimeoutSeconds: seconds }
  }

  #add(key: string, kept: Kept) {
    this.#young.set(key, kept)
    if (this.#young.size < this.max / 2) return
    this.#old = this.#young
    this.#young = new Map()
  }

  #device(asking: Asking): Kept | undefined {
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
