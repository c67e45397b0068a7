/** What is counted: held by who counts often, so that no name is looked for. */
export type Count = { value: number }

/** Counts by name and reason: what is silently discarded is at least counted (RFC 2865 §1.2). */
export class Counters {
  readonly #counts = new Map<string, Count>()

  /** The count of a name, to be kept. */
  of(name: string): Count {
    let count = this.#counts.get(name)
    if (!count) {
      count = { value: 0 }
      this.#counts.set(name, count)
    }
    return count
  }

  add(name: string) {
    this.of(name).value++
  }

  get(name: string): number {
    return this.#counts.get(name)?.value ?? 0
  }

  all(): Record<string, number> {
    const counted = [...this.#counts].filter(([, { value }]) => value > 0)
    counted.sort(([one], [other]) => one.localeCompare(other))
    return Object.fromEntries(counted.map(([name, { value }]) => [name, value]))
  }
}
