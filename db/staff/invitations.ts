import { and, eq, gt, isNull } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { DomainError, invalid } from '../errors.ts'
import { type Db, systemTransaction, type Tx, transaction } from '../index.ts'
import { merchants } from '../schema/merchants.ts'
import { invitations, type StaffRole, staff } from '../schema/staff.ts'
import { newId } from '../values/id.ts'
import { findAccount, insertAccount } from './accounts.ts'
import { checkedSites, findMemberByEmail, insertMember, type Member } from './members.ts'
import { hashOf, newSecretCode } from './one-time.ts'
import { hashPassword, passwordLength, verifyPassword } from './passwords.ts'

/** Days a link is good for. */
const lifeDays = 7

/**
 * Puts somebody down as a member who has not joined, and makes the link that lets them. Asking again for an address
 * that has not joined, or that left, makes a new link; former ones are dead. Throws `staff.already-member`.
 */
export function inviteMember(
  ctx: Ctx,
  input: { name: string; email: string; role: StaffRole; siteIds: string[] | null },
): Promise<{ member: Member; code: string }> {
  return transaction(ctx, async (tx) => {
    const email = input.email.trim().toLowerCase()
    const siteIds = await checkedSites(tx, ctx, input.role, input.siteIds)
    const before = await findMemberByEmail(tx, ctx, email)
    if (before?.accountId && !before.endedAt) throw new DomainError('staff.already-member')
    const settings = { name: input.name, role: input.role, siteIds, accountId: null }
    const member = before
      ? await renew(tx, ctx, before.id, settings)
      : await insertMember(tx, ctx, { ...settings, id: newId('stf'), email })
    await tx
      .delete(invitations)
      .where(and(eq(invitations.merchantId, ctx.merchantId), eq(invitations.staffId, member.id)))
    const code = newSecretCode()
    await tx.insert(invitations).values({
      merchantId: ctx.merchantId,
      id: newId('inv'),
      staffId: member.id,
      codeHash: hashOf(code),
      expiresAt: new Date(ctx.now.getTime() + lifeDays * 86_400_000),
      createdAt: ctx.now,
    })
    const detail = { role: member.role, siteIds: member.siteIds }
    await record(tx, ctx, { action: 'staff.invited', subject: member.id, detail })
    return { member, code }
  })
}

async function renew(
  tx: Tx,
  ctx: Ctx,
  staffId: string,
  settings: Pick<Member, 'name' | 'role' | 'siteIds' | 'accountId'>,
): Promise<Member> {
  const [row] = await tx
    .update(staff)
    .set({ ...settings, endedAt: null })
    .where(and(eq(staff.merchantId, ctx.merchantId), eq(staff.id, staffId)))
    .returning()
  return row as Member
}

export type Invitation = {
  merchantId: string
  merchantName: string
  staffId: string
  name: string
  email: string
  role: StaffRole
  siteIds: string[] | null
  /** Whose account it will be; undefined where the address has none here yet. */
  account: { id: string; passwordHash: string | null } | undefined
}

/** What a code leads to. Throws `invitation.not-found` for one that is wrong, used, replaced or too old. */
export function lookInvitation(db: Db, code: string, now: Date): Promise<Invitation> {
  return systemTransaction(db, (tx) => find(tx, code, now))
}

/**
 * Joins: with a new account and the password chosen, or with the account the address has, whose own password proves
 * that it is theirs. Single use. The caller has counted the try at that password.
 */
export async function takeInvitation(
  db: Db,
  input: { code: string; name: string; password: string },
  now: Date,
): Promise<Invitation> {
  const found = await lookInvitation(db, input.code, now)
  if (found.account) {
    const isRight = await verifyPassword(found.account.passwordHash ?? '', input.password)
    if (!isRight) throw new DomainError('invitation.wrong-password', 403)
  } else checkPassword(input.password)
  const passwordHash = found.account ? '' : await hashPassword(input.password)
  return systemTransaction(db, async (tx) => {
    const [taken] = await tx
      .update(invitations)
      .set({ takenAt: now })
      .where(and(eq(invitations.codeHash, hashOf(input.code)), isNull(invitations.takenAt)))
      .returning({ staffId: invitations.staffId })
    if (!taken) throw new DomainError('invitation.not-found', 404)
    const { email } = found
    // Another invitation to the same address may have made the account in between.
    const account = await findAccount(tx, email)
    if (account && !found.account) throw new DomainError('invitation.try-again')
    const accountId = account?.id ?? (await insertAccount(tx, { email, name: input.name, passwordHash, now }))
    await tx
      .update(staff)
      .set({ accountId, name: input.name })
      .where(and(eq(staff.merchantId, found.merchantId), eq(staff.id, found.staffId)))
    const { merchantId, staffId, role, siteIds } = found
    const actor = { kind: 'staff', staffId, name: input.name, role, siteIds } as const
    await record(tx, { db, merchantId, actor, now }, { action: 'staff.joined', subject: staffId })
    return found
  })
}

export function checkPassword(password: string): void {
  const length = [...password].length
  if (length < passwordLength.min || length > passwordLength.max) throw invalid('account', 'password')
}

async function find(tx: Tx, code: string, now: Date): Promise<Invitation> {
  const [row] = await tx
    .select({
      merchantId: staff.merchantId,
      merchantName: merchants.name,
      staffId: staff.id,
      name: staff.name,
      email: staff.email,
      role: staff.role,
      siteIds: staff.siteIds,
    })
    .from(invitations)
    .innerJoin(staff, and(eq(staff.merchantId, invitations.merchantId), eq(staff.id, invitations.staffId)))
    .innerJoin(merchants, eq(merchants.id, invitations.merchantId))
    .where(
      and(
        eq(invitations.codeHash, hashOf(code)),
        isNull(invitations.takenAt),
        gt(invitations.expiresAt, now),
        isNull(staff.endedAt),
      ),
    )
  if (!row) throw new DomainError('invitation.not-found', 404)
  return { ...row, account: await findAccount(tx, row.email) }
}
