import pino, { type Logger } from 'pino'

/**
 * JSON lines on standard output. Written at once, so that the last line before an end is there. What is logged is
 * named by ids and routes: no number, no name, no address of a guest.
 */
export function createLog(level: string): Logger {
  const out = pino.destination({ fd: 1, sync: true })
  // Whoever read our output has gone; that must not stop the shop.
  out.on('error', () => {})
  const formatters = { level: (name: string) => ({ level: name }) }
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters }, out)
}

/** Kinds whose text is the program's own. Others repeat what they failed on: a row's values, a guest's input. */
const ownWords = new Set(['TypeError', 'ReferenceError', 'RangeError', 'DomainError'])

/** What may be told of an error: its kind, its code and where it happened. */
export function faultOf(error: unknown): object {
  if (!(error instanceof Error)) return { fault: typeof error }
  const cause = error.cause as { code?: unknown } | undefined
  const code = (error as { code?: unknown }).code ?? cause?.code
  const isSystem = 'syscall' in error
  return {
    fault: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    ...(isSystem || ownWords.has(error.name) ? { text: error.message } : {}),
    at: (error.stack ?? '')
      .split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 5)
      .map((line) => line.trim()),
  }
}
