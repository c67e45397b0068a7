/** What waits, and is told once what became of it. Neither may throw. */
export type Waiting<O> = { done(value: O): void; failed(error: unknown): void }

/** Collects what waits together and has it done together. */
export type Batcher<I> = {
  /** False: no room, the caller must not answer (the NAS will ask again). */
  add(item: I): boolean
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

/**
 * Nothing waits while nothing is under way: what one turn of the event loop brought goes at once. What comes while a
 * batch is under way is collected, so that batches grow with the load and shrink with it. Items are objects of the
 * caller's that are told by their own methods: at ten thousand a second a promise for each is felt.
 * @param work does many at once and answers one result an item, in order.
 */
export function createBatcher<I extends Waiting<O>, O>(
  work: (items: I[]) => Promise<O[]>,
  options: BatcherOptions<I>,
): Batcher<I> {
  const { size, inFlight, room, enough = 1, maxWaitMs = 5, keyOf } = options
  /** What may go. */
  let queue: I[] = []
  /** By key what stands behind one that waits or is under way. */
  let behind = new Map<string, I[]>()
  let behindCount = 0
  /** The one list that all keys share until something stands behind one of them; never written to. */
  const nobody: I[] = []
  let scheduled = false
  let timer: NodeJS.Timeout | undefined
  /** Batches under way; empty again after `abandon`. */
  let running: Running<I>[] = []
  const idlers: (() => void)[] = []
  const watchers = new Set<{ left: Set<I>; settled: () => void }>()

  const schedule = () => {
    if (scheduled || running.length >= inFlight || queue.length === 0) return
    if (running.length > 0 && queue.length < enough) {
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
    while (running.length < inFlight && queue.length > 0) {
      if (running.length > 0 && queue.length < enough && isDue !== true) break
      void run(take())
    }
    schedule()
  }

  const take = (): I[] => {
    if (queue.length > size) return queue.splice(0, size)
    const batch = queue
    queue = []
    return batch
  }

  const run = async (batch: I[]) => {
    const mine = running
    const one = { batch, sinceMs: performance.now() }
    running.push(one)
    let results: O[] | undefined
    let fault: unknown
    try {
      results = await work(batch)
    } catch (error) {
      fault = error
    }
    // Abandoned in the meantime: its items have been told, and its place has been given to others.
    if (mine !== running) return
    running.splice(running.indexOf(one), 1)
    if (keyOf) for (const item of batch) follow(keyOf(item))
    // A Map that is never let go drags every table it ever had into the old heap, each holding on to the next.
    if (behind.size === 0) behind = new Map()
    // The next one is under way while these are told: each of them has an answer to sign.
    if (queue.length >= enough) go()
    let broken: unknown
    for (let index = 0; index < batch.length; index++) {
      const item = batch[index] as I
      try {
        if (results) item.done(results[index] as O)
        else item.failed(fault)
      } catch (error) {
        // One that breaks its word is no reason for the others to wait for ever.
        broken ??= error
      }
      if (watchers.size > 0) leave(item)
    }
    if (running.length === 0 && queue.length === 0) for (const idler of idlers.splice(0)) idler()
    if (running.length === 0 && timer) {
      clearTimeout(timer)
      timer = undefined
    }
    schedule()
    if (broken) throw broken
  }

  /** The next one of a key may go. */
  const follow = (key: string) => {
    const others = behind.get(key)
    const next = others === nobody ? undefined : others?.shift()
    if (!next) return void behind.delete(key)
    behindCount--
    queue.push(next)
  }

  const leave = (item: I) => {
    for (const watcher of watchers) {
      watcher.left.delete(item)
      if (watcher.left.size > 0) continue
      watchers.delete(watcher)
      watcher.settled()
    }
  }

  const all = () => [...running.flatMap(({ batch }) => batch), ...queue, ...[...behind.values()].flat()]

  return {
    add: (item) => {
      if (queue.length + behindCount >= room) return false
      if (keyOf) {
        const key = keyOf(item)
        const others = behind.get(key)
        if (others) {
          if (others === nobody) behind.set(key, [item])
          else others.push(item)
          behindCount++
          return true
        }
        behind.set(key, nobody)
      }
      queue.push(item)
      schedule()
      return true
    },
    waiting: () => queue.length + behindCount,
    idle: () =>
      running.length === 0 && queue.length === 0
        ? Promise.resolve()
        : new Promise((done) => void idlers.push(done)),
    settled: () => {
      const left = new Set(all())
      if (left.size === 0) return Promise.resolve()
      return new Promise((settled) => void watchers.add({ left, settled }))
    },
    underWayMs: () => {
      let oldest = 0
      for (const { sinceMs } of running) oldest = Math.max(oldest, performance.now() - sinceMs)
      return oldest
    },
    abandon: (error) => {
      const items = all()
      queue = []
      behind = new Map()
      behindCount = 0
      running = []
      for (const item of items) {
        item.failed(error)
        if (watchers.size > 0) leave(item)
      }
      for (const idler of idlers.splice(0)) idler()
    },
  }
}

type Running<I> = { batch: I[]; sinceMs: number }
