import type { Db } from './index.ts'
import type { StaffRole } from './schema/staff.ts'

/** Who acts. Taken from how they proved it, never from what they sent. */
export type Actor =
  | { kind: 'guest'; guestId?: string }
  | { kind: 'staff'; staffId: string; name: string; role: StaffRole; siteIds: string[] | null }
  | { kind: 'apiKey'; apiKeyId: string; name: string; mayReveal: boolean }
  | { kind: 'nas'; nasId: string }
  | { kind: 'job'; name: string }

/** Comes first in every verb: which ledger, whose, who acts, and when. */
export type Ctx = { db: Db; merchantId: string; actor: Actor; now: Date }
