/** Counts by name and reason: what is silently discarded is at least counted (RFC 2865 §1.2). */
export class Counters {
  readonly #counts = new Map<string, number>()

  add(name: string, by = 1) {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by)
  }

  get(name: string): number {
    return this.#counts.get(name) ?? 0
  }

  all(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([one], [other]) => one.localeCompare(other)))
  }
}
