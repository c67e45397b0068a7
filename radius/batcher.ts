/** Collects what waits together and has it done together. */
export type Batcher<I, O> = {
  /** undefined: no room, the caller must not answer (the NAS will ask again). */
  add(item: I): Promise<O> | undefined
  waiting(): number
  /** Resolves when nothing is under way or waiting. */
  idle(): Promise<void>
  /** Resolves when all that was added before now is done, well or not. */
  settled(): Promise<void>
  /** Milliseconds the oldest batch has been under way; 0 where there is none. */
  underWayMs(): number
  /** Fails all that waits or is under way: their callers stop waiting, whatever becomes of the work. */
  abandon(error: unknown): void
}

export type BatcherOptions<I> = {
  /** Items in a batch at most. */
  size: number
  /** Batches under way at most. */
  inFlight: number
  /** Items waiting at most. */
  room: number
  /** While one batch is under way, the next one starts only with this many items, or after `maxWaitMs`. */
  enough?: number
  /** The longest an item waits for company while a batch could be started. */
  maxWaitMs?: number
  /** Items of one key never share a batch or overtake each other, so that their order holds. */
  keyOf?: (item: I) => string
}

type Entry<I, O> = { item: I; key: string; done: (value: O) => void; failed: (error: unknown) => void }

/**
 * Nothing waits while nothing is under way: what one turn of the event loop brought goes at once. What comes while a
 * batch is under way is collected, so that batches grow with the load and shrink with it.
 * @param work does many at once and answers one result an item, in order.
 */
export function createBatcher<I, O>(
  work: (items: I[]) => Promise<O[]>,
  options: BatcherOptions<I>,
): Batcher<I, O> {
  const { size, inFlight, room, enough = 1, maxWaitMs = 5, keyOf } = options
  let queue: Entry<I, O>[] = []
  let scheduled = false
  let timer: NodeJS.Timeout | undefined
  /** Batches under way and since when; empty again after `abandon`. */
  let running = new Map<Entry<I, O>[], number>()
  let keysRunning = new Set<string>()
  const idlers: (() => void)[] = []

  const schedule = () => {
    if (scheduled || running.size >= inFlight || queue.length === 0) return
    if (running.size > 0 && queue.length < enough) {
      timer ??= setTimeout(() => {
        timer = undefined
        go(true)
      }, maxWaitMs)
      return
    }
    scheduled = true
    // The rest of this turn of the event loop may bring more: the wait is never longer than that.
    setImmediate(go)
  }

  const go = (isDue?: unknown) => {
    scheduled = false
    while (running.size < inFlight && queue.length > 0) {
      if (running.size > 0 && queue.length < enough && isDue !== true) break
      const batch = take()
      if (batch.length === 0) return
      void run(batch)
    }
    schedule()
  }

  const take = (): Entry<I, O>[] => {
    if (!keyOf) return queue.splice(0, size)
    const batch: Entry<I, O>[] = []
    const skipped: Entry<I, O>[] = []
    const blocked = new Set(keysRunning)
    let index = 0
    for (; index < queue.length && batch.length < size; index++) {
      const entry = queue[index] as Entry<I, O>
      if (blocked.has(entry.key)) skipped.push(entry)
      else batch.push(entry)
      blocked.add(entry.key)
    }
    for (const entry of batch) keysRunning.add(entry.key)
    queue = skipped.length ? skipped.concat(queue.slice(index)) : queue.slice(index)
    return batch
  }

  const run = async (batch: Entry<I, O>[]) => {
    const mine = running
    running.set(batch, performance.now())
    try {
      const results = await work(batch.map((entry) => entry.item))
      for (let index = 0; index < batch.length; index++) batch[index]?.done(results[index] as O)
    } catch (error) {
      for (const entry of batch) entry.failed(error)
    }
    // Abandoned in the meantime: its place has been given to others.
    if (mine !== running) return
    running.delete(batch)
    if (keyOf) for (const entry of batch) keysRunning.delete(entry.key)
    if (running.size === 0 && queue.length === 0) for (const idler of idlers.splice(0)) idler()
    if (running.size === 0 && timer) {
      clearTimeout(timer)
      timer = undefined
    }
    schedule()
  }

  const all = () => [...[...running.keys()].flat(), ...queue]

  return {
    add: (item) => {
      if (queue.length >= room) return undefined
      return new Promise<O>((done, failed) => {
        queue.push({ item, key: keyOf ? keyOf(item) : '', done, failed })
        schedule()
      })
    },
    waiting: () => queue.length,
    idle: () =>
      running.size === 0 && queue.length === 0
        ? Promise.resolve()
        : new Promise((done) => void idlers.push(done)),
    settled: () =>
      new Promise((settled) => {
        const entries = all()
        let left = entries.length
        if (left === 0) settled()
        for (const entry of entries) {
          const { done, failed } = entry
          const after = () => --left === 0 && settled()
          entry.done = (value) => {
            done(value)
            after()
          }
          entry.failed = (error) => {
            failed(error)
            after()
          }
        }
      }),
    underWayMs: () => {
      let oldest = 0
      for (const since of running.values()) oldest = Math.max(oldest, performance.now() - since)
      return oldest
    },
    abandon: (error) => {
      const entries = all()
      queue = []
      running = new Map()
      keysRunning = new Set()
      for (const entry of entries) entry.failed(error)
      for (const idler of idlers.splice(0)) idler()
    },
  }
}
