/** Collects what waits together and has it done together. */
export type Batcher<I, O> = {
  /** undefined: no room, the caller must not answer (the NAS will ask again). */
  add(item: I): Promise<O> | undefined
  waiting(): number
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>
}

type Entry<I, O> = { item: I; done: (value: O) => void; failed: (error: unknown) => void }

/**
 * @param work does many at once and answers one result an item, in order.
 * @param options.size items in a batch at most. `inFlight` batches under way at most. `room` items waiting at most.
 *   `keyOf` items of one key never share a batch or overtake each other, so that their order holds.
 */
export function createBatcher<I, O>(
  work: (items: I[]) => Promise<O[]>,
  options: { size: number; inFlight: number; room: number; keyOf?: (item: I) => string },
): Batcher<I, O> {
  let queue: Entry<I, O>[] = []
  let scheduled = false
  let running = 0
  const keysRunning = new Set<string>()
  const idlers: (() => void)[] = []

  const schedule = () => {
    if (scheduled || running >= options.inFlight || queue.length === 0) return
    scheduled = true
    // The rest of this turn of the event loop may bring more: the wait is never longer than that.
    setImmediate(go)
  }

  const go = () => {
    scheduled = false
    while (running < options.inFlight && queue.length > 0) {
      const batch = take()
      if (batch.length === 0) return
      running++
      run(batch).finally(() => {
        running--
        for (const entry of batch) if (options.keyOf) keysRunning.delete(options.keyOf(entry.item))
        if (running === 0 && queue.length === 0) for (const idler of idlers.splice(0)) idler()
        schedule()
      })
    }
  }

  const take = (): Entry<I, O>[] => {
    if (!options.keyOf) return queue.splice(0, options.size)
    const batch: Entry<I, O>[] = []
    const rest: Entry<I, O>[] = []
    const blocked = new Set(keysRunning)
    for (const entry of queue) {
      const key = options.keyOf(entry.item)
      if (batch.length < options.size && !blocked.has(key)) batch.push(entry)
      else rest.push(entry)
      blocked.add(key)
    }
    for (const entry of batch) keysRunning.add(options.keyOf(entry.item))
    queue = rest
    return batch
  }

  const run = async (batch: Entry<I, O>[]) => {
    try {
      const results = await work(batch.map((entry) => entry.item))
      for (const [index, entry] of batch.entries()) entry.done(results[index] as O)
    } catch (error) {
      for (const entry of batch) entry.failed(error)
    }
  }

  return {
    add: (item) => {
      if (queue.length >= options.room) return undefined
      return new Promise<O>((done, failed) => {
        queue.push({ item, done, failed })
        schedule()
      })
    },
    waiting: () => queue.length,
    idle: () =>
      running === 0 && queue.length === 0 ? Promise.resolve() : new Promise((done) => void idlers.push(done)),
  }
}
