import { invalid } from '../errors.ts'

export type CursorPart = string | number | null

/**
 * Where the next page of a list begins, for the caller to bring back untouched. `list` names the list and its order:
 * a cursor of another one is refused. It holds nothing that the page before did not show.
 */
export function writeCursor(list: string, parts: CursorPart[]): string {
  return Buffer.from(JSON.stringify([list, ...parts])).toString('base64url')
}

/** What `writeCursor` wrote, checked against the kinds expected. Throws `page.invalid-cursor`. */
export function readCursor(
  list: string,
  text: string,
  kinds: ('moment' | 'number' | 'text')[],
): CursorPart[] {
  let read: unknown
  try {
    read = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
  } catch {
    throw invalid('page', 'cursor')
  }
  if (!Array.isArray(read) || read[0] !== list || read.length !== kinds.length + 1)
    throw invalid('page', 'cursor')
  return kinds.map((kind, index) => {
    const part: unknown = read[index + 1]
    if (!fits(part, kind)) throw invalid('page', 'cursor')
    return part
  })
}

function fits(part: unknown, kind: 'moment' | 'number' | 'text'): part is CursorPart {
  if (kind === 'number') return typeof part === 'number' && Number.isSafeInteger(part)
  if (part === null) return kind === 'text'
  if (typeof part !== 'string' || part.length > 200 || part.includes('\0')) return false
  return (
    kind === 'text' ||
    (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(part) && !Number.isNaN(Date.parse(part)))
  )
}

/** Cuts one row too many off a page: there is a next page exactly where that row was there. */
export function cut<Row>(rows: Row[], limit: number, cursorOf: (row: Row) => string) {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit && last !== undefined ? cursorOf(last) : null }
}
