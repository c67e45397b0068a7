import type { Admission, Asking } from '../db/access/admit.ts'

/** Seconds for which what was admitted is admitted again while the ledger is away. */
export const graceSeconds = 30 * 60

/**
 * The devices that were let in last, for the time the ledger is away. Bounded; a device that was let in again moves to
 * the end, and what stands first is forgotten first.
 */
export class Admitted {
  readonly #kept = new Map<string, Admission>()

  constructor(private readonly max = 50_000) {}

  get size(): number {
    return this.#kept.size
  }

  keep(asking: Asking, admission: Admission, userName?: string) {
    const key = keyOf(asking, userName)
    this.#kept.delete(key)
    this.#kept.set(key, admission)
    if (this.#kept.size > this.max) this.#kept.delete(this.#kept.keys().next().value as string)
  }

  /** A no that was heard: the device is not let in from memory either. */
  drop(asking: Asking, userName?: string) {
    this.#kept.delete(keyOf(asking, userName))
  }

  /**
   * What a device may have now without asking the ledger: its grant while that lives, and never past 30 minutes after
   * the ledger went away. A credential counts for the NAS and device it was bound to.
   */
  find(asking: Asking, now: Date, awaySince: Date, userName?: string): Admission | undefined {
    const kept = this.#kept.get(keyOf(asking, userName))
    if (!kept) return undefined
    const awayMs = Math.max(0, now.getTime() - awaySince.getTime())
    const graceLeft = graceSeconds - awayMs / 1000
    const grantLeft = (kept.endsAt.getTime() - now.getTime()) / 1000
    const seconds = Math.floor(Math.min(kept.sessionTimeoutSeconds, graceLeft, grantLeft))
    return seconds < 1 ? undefined : { ...kept, sessionTimeoutSeconds: seconds }
  }
}

const keyOf = ({ siteId, nasId, mac }: Asking, userName: string | undefined) =>
  userName === undefined ? `${siteId} ${mac}` : `${nasId} ${mac} ${userName}`
