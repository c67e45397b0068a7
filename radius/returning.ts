import { admissionNews } from '../db/access/admission-news.ts'
import { type Admission, type Asking, admitDevices, type Refusal } from '../db/access/admit.ts'
import type { Db } from '../db/index.ts'
import type { Admitted, Kept } from './admitted.ts'

type Answer = Admission | Refusal | undefined

/**
 * Answers devices that come back. Whom the ledger has let in before is let in from memory, once the ledger has said, for
 * all of a batch together, that nothing about it has changed since: that costs it a tenth of looking for each one's right.
 * Every answer is as fresh as if it had been looked for.
 */
export class Returning {
  readonly #db: Db
  readonly #admitted: Admitted
  /** Until where the ledger's news are known. */
  #mark: string | undefined
  /** How often there was news. What was read before or while there was any is not counted as known. */
  #times = 0

  constructor(db: Db, admitted: Admitted) {
    this.#db = db
    this.#admitted = admitted
  }

  /** @returns one answer an asking, in its order. Throws what the ledger throws; then nothing is known any more. */
  async answer(askings: readonly Asking[], now: Date): Promise<Answer[]> {
    const known: (Kept | undefined)[] = []
    const unknown: number[] = []
    for (let index = 0; index < askings.length; index++) {
      const kept = this.#admitted.known(askings[index] as Asking)
      known.push(kept)
      if (!kept) unknown.push(index)
    }
    const answers = new Array<Answer>(askings.length).fill(undefined)
    const times = this.#times
    try {
      // Whoever is not known is looked for beside the news, not after it.
      await Promise.all([
        unknown.length > 0 ? this.#lookFor(askings, unknown, answers, now) : undefined,
        unknown.length < askings.length || this.#mark === undefined ? this.#hear() : undefined,
      ])
      // Who has been forgotten meanwhile can not be doubted: after news, all are looked up in memory once more.
      if (times !== this.#times)
        for (let index = 0; index < known.length; index++)
          if (known[index]) known[index] = this.#admitted.known(askings[index] as Asking) ?? forgotten
      const late = this.#fromMemory(known, answers, now.getTime())
      if (late.length > 0) await this.#lookFor(askings, late, answers, now)
    } catch (error) {
      this.#mark = undefined
      throw error
    }
    return answers
  }

  /** Now that the news is in. @returns those that have to be looked for after all. */
  #fromMemory(known: (Kept | undefined)[], answers: Answer[], nowMs: number): number[] {
    const late: number[] = []
    for (let index = 0; index < known.length; index++) {
      const kept = known[index]
      if (!kept) continue
      if (this.#admitted.isKnown(kept) && kept.admission.endsAtMs > nowMs)
        answers[index] = shortened(kept.admission, nowMs)
      else late.push(index)
    }
    return late
  }

  /** @param which places in `askings`; their answers are put into `answers`. */
  async #lookFor(askings: readonly Asking[], which: number[], answers: Answer[], now: Date) {
    const times = this.#times
    const found = await admitDevices(
      this.#db,
      which.map((index) => askings[index] as Asking),
      now,
    )
    const isSure = this.#mark !== undefined && times === this.#times
    for (let at = 0; at < which.length; at++) {
      const index = which[at] as number
      const asking = askings[index] as Asking
      const answer = found.answers[at]
      answers[index] = answer
      if (!answer || 'refused' in answer) this.#admitted.drop(asking)
      else this.#admitted.keep(asking, answer, { isKnown: isSure && !found.reckoned.includes(at) })
    }
  }

  async #hear() {
    const { mark, changed } = await admissionNews(this.#db, this.#mark)
    this.#mark = mark
    if (changed?.length === 0) return
    this.#times++
    if (changed) for (const device of changed) this.#admitted.doubt(device)
    else this.#admitted.doubtAll()
  }
}

/** Stands for one that is known no more. */
const forgotten: Kept = { admission: {} as Admission, knownIn: 0 }

/** A session ends with its grant, which has come nearer. */
function shortened(admission: Admission, nowMs: number): Admission {
  const left = Math.ceil((admission.endsAtMs - nowMs) / 1000)
  return left < admission.sessionTimeoutSeconds ? { ...admission, sessionTimeoutSeconds: left } : admission
}
