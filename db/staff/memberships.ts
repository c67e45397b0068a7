import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../index.ts'
import { authSessions } from '../schema/auth.ts'
import { merchants } from '../schema/merchants.ts'
import { type StaffRole, staff } from '../schema/staff.ts'

export type { StaffRole }
export type Membership = {
  merchantId: string
  merchantName: string
  staffId: string
  name: string
  email: string
  role: StaffRole
  siteIds: string[] | null
  lastSeenAt: Date | null
}

/** Every merchant an account works for now, the oldest membership first. Looks across merchants: it is what tells them apart. */
export function membershipsOf(db: Db, accountId: string): Promise<Membership[]> {
  return db.system
    .select({
      merchantId: staff.merchantId,
      merchantName: merchants.name,
      staffId: staff.id,
      name: staff.name,
      email: staff.email,
      role: staff.role,
      siteIds: staff.siteIds,
      lastSeenAt: staff.lastSeenAt,
    })
    .from(staff)
    .innerJoin(merchants, eq(merchants.id, staff.merchantId))
    .where(and(eq(staff.accountId, accountId), isNull(staff.endedAt)))
    .orderBy(staff.createdAt, staff.id)
}

/** The merchant a session works for; null before its first request, undefined where the session is gone. */
export async function worksFor(db: Db, sessionId: string): Promise<string | null | undefined> {
  const [row] = await db.system
    .select({ worksFor: authSessions.worksFor })
    .from(authSessions)
    .where(eq(authSessions.id, sessionId))
  return row?.worksFor
}

/** Chooses the merchant of a session that has none yet; false where another request was faster. */
export async function workFor(db: Db, sessionId: string, merchantId: string): Promise<boolean> {
  const chosen = await db.system
    .update(authSessions)
    .set({ worksFor: merchantId })
    .where(and(eq(authSessions.id, sessionId), isNull(authSessions.worksFor)))
    .returning({ id: authSessions.id })
  return chosen.length === 1
}

/** Sends a session to another merchant of the same account. */
export async function switchTo(db: Db, sessionId: string, merchantId: string): Promise<void> {
  await db.system.update(authSessions).set({ worksFor: merchantId }).where(eq(authSessions.id, sessionId))
}

/** Notes that somebody is at work, at most once a minute. */
export async function noteSeen(db: Db, membership: Membership, now: Date): Promise<void> {
  if (membership.lastSeenAt && now.getTime() - membership.lastSeenAt.getTime() < 60_000) return
  await db.system
    .update(staff)
    .set({ lastSeenAt: sql`greatest(${staff.lastSeenAt}, ${now.toISOString()}::timestamptz)` })
    .where(and(eq(staff.merchantId, membership.merchantId), eq(staff.id, membership.staffId)))
}
