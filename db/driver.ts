import { registerHooks } from 'node:module'

/**
 * postgres.js 3.4.9, mended as it is loaded. When a connection is lost (the database restarts, a proxy in between ends it)
 * it leaves what belonged to it behind:
 *
 * - octets not yet sent and the timer that was to send them. The next write finds no socket, which ends the process
 *   (issues 1066, 1154, 1208 of porsager/postgres); or the connection that replaces it never sends a word again.
 * - a transaction that does not know of it. Its later statements, and its COMMIT, run on the connection that replaces this
 *   one, inside another's transaction (issue 1216).
 * - the statement it was at, and the fault that was told of it: the next statement fails by that, or is never answered.
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
      'setTimeout(connect, closedTime ? Math.max(0, closedTime + delay - performance.now()) : 0)',
      'setTimeout(() => initial && connect(), closedTime ? Math.max(0, closedTime + delay - performance.now()) : 0)',
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

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context)
    const [, file] = /\/node_modules\/postgres\/src\/(\w+\.js)$/.exec(url) ?? []
    const ofFile = file === undefined ? undefined : changes[file]
    if (!ofFile) return loaded
    let source = String(loaded.source)
    for (const [piece, instead] of ofFile) {
      const pieces = source.split(piece)
      if (pieces.length !== 2)
        throw new Error(`The driver is not the one db/driver.ts mends: ${url} has not once\n${piece}`)
      source = pieces.join(instead)
    }
    return { ...loaded, source }
  },
})

export const { default: driver } = await import('postgres')
