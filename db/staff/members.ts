import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { sites } from '../schema/sites.ts'
import { type StaffRole, staff } from '../schema/staff.ts'

export type Member = typeof staff.$inferSelect

/** Everybody who works or worked for the merchant; who left comes last. */
export function listMembers(tx: Tx, ctx: Ctx): Promise<Member[]> {
  return tx
    .select()
    .from(staff)
    .where(eq(staff.merchantId, ctx.merchantId))
    .orderBy(sql`${staff.endedAt} is not null`, asc(staff.createdAt), desc(staff.id))
}

export async function findMember(tx: Tx, ctx: Ctx, staffId: string): Promise<Member> {
  const [row] = await tx
    .select()
    .from(staff)
    .where(and(eq(staff.merchantId, ctx.merchantId), eq(staff.id, staffId)))
  if (!row) throw notFound('staff')
  return row
}

export type MemberChange = {
  name?: string
  role?: StaffRole
  siteIds?: string[] | null
  /** true ends the membership. The way back is a new invitation. */
  ended?: boolean
}

/**
 * Changes or ends a membership. Throws `staff.last-owner` where nobody would own the business afterwards,
 * `staff.ended` where it is over already.
 */
export function changeMember(ctx: Ctx, staffId: string, change: MemberChange): Promise<Member> {
  return transaction(ctx, async (tx) => {
    const owners = await lockOwners(tx, ctx)
    const before = await findMember(tx, ctx, staffId)
    if (before.endedAt) throw new DomainError('staff.ended')
    const role = change.role ?? before.role
    const siteIds = await checkedSites(
      tx,
      ctx,
      role,
      change.siteIds === undefined ? before.siteIds : change.siteIds,
    )
    const stops = change.ended === true || role !== 'owner'
    if (stops && owners.includes(staffId) && owners.length === 1) throw new DomainError('staff.last-owner')
    const [row] = await tx
      .update(staff)
      .set({
        name: change.name ?? before.name,
        role,
        siteIds,
        endedAt: change.ended ? ctx.now : null,
      })
      .where(and(eq(staff.merchantId, ctx.merchantId), eq(staff.id, staffId)))
      .returning()
    await record(tx, ctx, {
      action: change.ended ? 'staff.ended' : 'staff.changed',
      subject: staffId,
      detail: { fields: Object.keys(change), role, siteIds },
    })
    return row as Member
  })
}

/** Ids of those who own the business and can sign in, locked: two owners who leave at once leave one. */
async function lockOwners(tx: Tx, ctx: Ctx): Promise<string[]> {
  const rows = await tx
    .select({ id: staff.id, accountId: staff.accountId })
    .from(staff)
    .where(and(eq(staff.merchantId, ctx.merchantId), eq(staff.role, 'owner'), isNull(staff.endedAt)))
    .orderBy(staff.id)
    .for('update')
  return rows.filter(({ accountId }) => accountId !== null).map(({ id }) => id)
}

/** An owner has every site; the sites of others must be there. Throws `staff.invalid-sites`. */
export async function checkedSites(
  tx: Tx,
  ctx: Ctx,
  role: StaffRole,
  siteIds: string[] | null,
): Promise<string[] | null> {
  if (role === 'owner' || siteIds === null) return null
  const own = await tx.select({ id: sites.id }).from(sites).where(eq(sites.merchantId, ctx.merchantId))
  const known = new Set(own.map(({ id }) => id))
  if (siteIds.length === 0 || siteIds.some((id) => !known.has(id))) throw invalid('staff', 'sites')
  return [...new Set(siteIds)]
}

/** The member of this address, whatever its capitals; also one who left. */
export async function findMemberByEmail(tx: Tx, ctx: Ctx, email: string): Promise<Member | undefined> {
  const [row] = await tx
    .select()
    .from(staff)
    .where(and(eq(staff.merchantId, ctx.merchantId), eq(sql`lower(${staff.email})`, email.toLowerCase())))
  return row
}

/** A member who has an account already, as set-up makes its first owner. */
export async function insertMember(
  tx: Tx,
  ctx: Ctx,
  member: Pick<Member, 'id' | 'accountId' | 'name' | 'email' | 'role' | 'siteIds'>,
): Promise<Member> {
  const [row] = await tx
    .insert(staff)
    .values({ merchantId: ctx.merchantId, createdAt: ctx.now, ...member })
    .returning()
  return row as Member
}
