import type { TimelineItem, TimelineKind } from '../../../api/schemas/guests.ts'

export type { TimelineItem, TimelineKind }

/** In the order the filters stand. */
export const timelineKinds: TimelineKind[] = [
  'visit',
  'note',
  'call',
  'complaint',
  'message',
  'purchase',
  'survey',
  'consent',
  'sign-in',
  'change',
]
