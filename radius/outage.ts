import type { Db } from '../db/index.ts'
import { canBeWritten } from '../db/network/nas-lookup.ts'

const probeMs = 500
/** A statement that takes longer than this is as good as no answer: a NAS asks again after 2 to 5 seconds. */
const patienceMs = 1000

/**
 * Whether the ledger can be reached. Said by every statement that fails or hangs, and by a small write every half
 * second, so that it is known within two seconds, going and coming back (RFC 5997 §4.2).
 */
export class Outage {
  #since: Date | undefined
  #probing = false
  #isClosed = false
  #timer: NodeJS.Timeout | undefined
  readonly #onAway: (() => void)[] = []
  readonly #onThere: (() => void)[] = []
  /** Asked at each probe: how long the oldest statement has been under way. */
  readonly #watched: (() => number)[] = []

  constructor(private readonly db: Db) {}

  open() {
    this.#timer = setInterval(() => void this.probe(), probeMs)
    this.#timer.unref()
  }

  /** When it went away; undefined while it is there. */
  get since(): Date | undefined {
    return this.#since
  }

  onAway(tell: () => void) {
    this.#onAway.push(tell)
  }

  /** Told at each probe that finds it there. */
  onThere(tell: () => void) {
    this.#onThere.push(tell)
  }

  watch(underWayMs: () => number) {
    this.#watched.push(underWayMs)
  }

  /** A statement failed. Mistakes in what it said are no outage; everything else is. */
  failed(error: unknown) {
    if (!isMistake(error)) this.#away()
  }

  async probe(): Promise<void> {
    if (this.#watched.some((underWayMs) => underWayMs() > patienceMs)) this.#away()
    if (this.#probing) return
    this.#probing = true
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<'late'>((done) => {
      timer = setTimeout(() => done('late'), patienceMs)
    })
    const asked = canBeWritten(this.db).catch(() => false)
    const answer = await Promise.race([asked, late])
    clearTimeout(timer)
    if (answer !== true) this.#away()
    // A hanging question is not asked twice: it is answered when the database is back.
    const isThere = answer === 'late' ? await asked : answer
    this.#probing = false
    // Who has closed must not begin anything: another process may have taken over what was left.
    if (!isThere || this.#isClosed) return
    this.#since = undefined
    for (const tell of this.#onThere) tell()
  }

  close() {
    this.#isClosed = true
    clearInterval(this.#timer)
  }

  #away() {
    this.#since ??= new Date()
    // Each time: what has piled up since must not wait either.
    for (const tell of this.#onAway) tell()
  }
}

/** SQLSTATE classes of data, syntax, integrity and serialisation faults: another statement may well succeed. */
export function isMistake(error: unknown): boolean {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' && /^(?:21|22|23|40|42|54)[0-9A-Z]{3}$/.test(code)
}
