import { createRequire, registerHooks } from 'node:module'
import { basename } from 'node:path'
import { pathToFileURL } from 'node:url'
import type postgres from 'postgres'

/**
 * postgres.js 3.4.9, mended as it is loaded. When a connection is lost (the database restarts, a proxy in between ends it)
 * it leaves what belonged to it behind:
 *
 * - octets not yet sent and the timer that was to send them. The next write finds no socket, which ends the process
 *   (issues 1066, 1154, 1208 of porsager/postgres); or the connection that replaces it never sends a word again.
 * - a transaction that does not know of it. Its later statements, and its COMMIT, run on the connection that replaces this
 *   one, inside another's transaction (issue 1216).
 * - its question for the array types, which it puts at the begin of each connection and nobody waits for: if that fails, the
 *   process ends.
 * - the statement it was at, and the fault that was told of it: the next statement fails by that, or is never answered.
 *
 * And one that costs time: V8 puts a function that is written where it is assigned to a property (`this.resolve = x => …`)
 * into the old heap at once, and all it holds on to stays until that is collected, here each statement with its parameters.
 *
 * Each change is of a piece that stands there exactly once. Another version than this one fails to load, and says so.
 */
const changes: Record<string, [piece: string, instead: string][]> = {
  'connection.js': [
    [
      `  function nextWrite(fn) {
    const x = socket.write(chunk, fn)`,
      `  function nextWrite(fn) {
    if (socket === null) {
      chunk = nextWriteTimer = null
      error(Errors.connection('CONNECTION_CLOSED', options, socket))
      query = null
      return false
    }
    const x = socket.write(chunk, fn)`,
    ],
    [
      `    clearImmediate(nextWriteTimer)
    if (socket) {`,
      `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    if (socket) {`,
    ],
    [
      `    clearImmediate(nextWriteTimer)
    socket.removeListener('data', data)`,
      `    clearImmediate(nextWriteTimer)
    chunk = nextWriteTimer = null
    socket.removeListener('data', data)`,
    ],
    [
      `    !hadError && (query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
`,
      `    ;(query || sent.length) && error(Errors.connection('CONNECTION_CLOSED', options, socket))
    query = results = errorResponse = null
    result = new Result()
    rows = 0
`,
    ],
    [
      `    if (initial)
      return reconnect()
`,
      `    if (initial) {
      query = results = errorResponse = null
      result = new Result()
      return reconnect()
    }
`,
    ],
    [
      `    \`], [], execute)
    types.forEach(`,
      `    \`], [], execute).catch(() => (socket && socket.destroy(), []))
    types.forEach(`,
    ],
    [
      'setTimeout(connect, closedTime ? Math.max(0, closedTime + delay - performance.now()) : 0)',
      'setTimeout(() => initial && connect(), closedTime ? Math.max(0, closedTime + delay - performance.now()) : 0)',
    ],
  ],
  'query.js': [
    [
      `    this.resolve = x => (this.active = false, resolve(x))
    this.reject = x => (this.active = false, reject(x))

    this.active = false`,
      `    const resolved = x => (this.active = false, resolve(x))
    const rejected = x => (this.active = false, reject(x))
    this.resolve = resolved
    this.reject = rejected

    this.active = false`,
    ],
  ],
  'index.js': [
    [
      `    let savepoints = 0
      , connection`,
      `    let savepoints = 0
      , lost = null
      , connection`,
    ],
    [
      'new Promise((_, reject) => connection.onclose = reject)',
      `new Promise((_, reject) => connection.onclose = e => {
          lost = e
          reject(e)
          while (queries.length)
            queries.shift().reject(e)
        })`,
    ],
    [
      `        q.catch(e => uncaughtError || (uncaughtError = e))
        c.queue === full`,
      `        q.catch(e => uncaughtError || (uncaughtError = e))
        if (lost)
          return q.reject(lost)
        c.queue === full`,
    ],
  ],
}

/** A copy of its own: somebody may have loaded postgres.js before us, as drizzle-orm does. */
const mark = '?mended'
const mended = new Set<string>()

registerHooks({
  resolve: (specifier, context, next) => {
    const resolved = next(specifier, context)
    const isPart = context.parentURL?.endsWith(mark) && specifier.startsWith('.')
    return isPart ? { ...resolved, url: resolved.url + mark } : resolved
  },
  load: (url, context, next) => {
    const loaded = next(url, context)
    if (!url.endsWith(mark)) return loaded
    let source = String(loaded.source)
    for (const [piece, instead] of changes[basename(url, mark)] ?? []) {
      const pieces = source.split(piece)
      if (pieces.length !== 2)
        throw new Error(`The driver is not the one db/driver.ts mends: ${url} has not once\n${piece}`)
      source = pieces.join(instead)
    }
    mended.add(basename(url, mark))
    return { ...loaded, source }
  },
})

const found = createRequire(import.meta.url).resolve('postgres')
const driverUrl = pathToFileURL(found.replace(/cjs\Wsrc/, 'src')).href + mark

export const { default: driver } = (await import(driverUrl)) as { default: typeof postgres }
for (const file of Object.keys(changes))
  if (!mended.has(file)) throw new Error(`The driver was loaded without db/driver.ts mending its ${file}`)
