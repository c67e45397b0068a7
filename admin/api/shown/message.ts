import type { MessageRow } from '../../../db/reports/messages.ts'
import type { Asker } from '../handler.ts'
import type { Message, OutboxItem } from '../schemas/messages.ts'
import { shownPhone } from './phone.ts'

/**
 * What staff may read of a text. A code opens a door, so it is stars for everybody, except where the outbox carries
 * the messages: there this page is the only place it can be read at all.
 */
export const shownText = (text: string, kind: string, messenger: string): string =>
  kind === 'code' && messenger !== 'outbox' ? text.replace(/\d(?:[ -]?\d){3,7}/g, '******') : text

/** The one way a message leaves the API. */
export function shownMessage(row: MessageRow, asker: Pick<Asker, 'mayReveal'>, messenger: string): Message {
  const { to, text, kind, ...rest } = row
  return { ...rest, kind, to: shownPhone(to, asker), text: shownText(text, kind, messenger) }
}

/**
 * A text of the outbox with its code. Its number is masked as everywhere, unless the asker named it whole in `to=`:
 * then they know it, and scripts find it again as they wrote it down.
 */
export const shownOutboxItem = (
  { id, to, text, at, siteId }: MessageRow,
  asker: Pick<Asker, 'mayReveal'>,
  asked: string | undefined,
): OutboxItem => ({
  id,
  to: shownPhone(to, { mayReveal: asker.mayReveal || to === asked }),
  text,
  at,
  siteId,
})
