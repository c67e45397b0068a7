import { record } from '../../db/audit.ts'
import type { Ctx } from '../../db/context.ts'
import { transaction } from '../../db/index.ts'
import { endSessions, openSessions, withSecondFactor } from '../../db/staff/accounts.ts'
import { inviteMember } from '../../db/staff/invitations.ts'
import { changeMember, findMember, listMembers, type Member } from '../../db/staff/members.ts'
import { deviceOf } from '../device.ts'
import { reachedAt } from '../http.ts'
import type { AdminDeps, Handlers } from './handler.ts'
import type { Member as MemberAnswer } from './schemas/staff.ts'

export const staffHandlers = {
  'GET /staff': async ({ ctx, deps }) => {
    const members = await transaction(ctx, (tx) => listMembers(tx, ctx))
    const items = await answersOf(deps, ctx, members)
    return { items, total: items.length, nextCursor: null }
  },

  'POST /staff': async ({ ctx, body, deps, c }) => {
    const { member, code } = await inviteMember(ctx, body)
    // In the fragment, which no server and no log sees.
    const invitationUrl = `${reachedAt(c, deps.config)}/admin/invitation#code=${code}`
    return { member: await oneAnswer(deps, ctx, member), invitationUrl }
  },

  'PATCH /staff/:id': async ({ ctx, params, body, deps }) => {
    const given = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined))
    const member = await changeMember(ctx, params.id, given)
    return oneAnswer(deps, ctx, member)
  },

  'GET /staff/:id/sign-ins': async ({ ctx, params, deps }) => {
    const { accountId } = await transaction(ctx, (tx) => findMember(tx, ctx, params.id))
    const sessions = accountId ? await openSessions(deps.db, [accountId], ctx.now, ctx.merchantId) : []
    return {
      items: sessions.map((session) => ({
        at: session.createdAt.toISOString(),
        device: deviceOf(session.userAgent),
        address: session.ipAddress || null,
      })),
    }
  },

  'POST /staff/:id/sign-out': async ({ ctx, params, deps }) => {
    const { accountId } = await transaction(ctx, async (tx) => {
      const member = await findMember(tx, ctx, params.id)
      await record(tx, ctx, { action: 'staff.signed-out', subject: member.id })
      return member
    })
    if (accountId) await endSessions(deps.db, accountId)
    return { ok: true }
  },
} satisfies Pick<
  Handlers,
  'GET /staff' | 'POST /staff' | 'PATCH /staff/:id' | 'GET /staff/:id/sign-ins' | 'POST /staff/:id/sign-out'
>

async function oneAnswer(deps: AdminDeps, ctx: Ctx, member: Member): Promise<MemberAnswer> {
  const [answer] = await answersOf(deps, ctx, [member])
  return answer as MemberAnswer
}

async function answersOf(deps: AdminDeps, ctx: Ctx, members: Member[]): Promise<MemberAnswer[]> {
  const accountIds = members.map(({ accountId }) => accountId).filter((id) => id !== null)
  const secured = await withSecondFactor(deps.db, accountIds)
  // What an account does for another merchant is not this one's to know.
  const sessions = await openSessions(deps.db, accountIds, ctx.now, ctx.merchantId)
  return members.map(({ accountId, ...member }) => ({
    id: member.id,
    name: member.name,
    email: member.email,
    role: member.role,
    siteIds: member.siteIds,
    secondFactor: accountId !== null && secured.has(accountId),
    joined: accountId !== null,
    lastSeenAt: member.lastSeenAt?.toISOString() ?? null,
    sessions: member.endedAt ? 0 : sessions.filter(({ userId }) => userId === accountId).length,
    endedAt: member.endedAt?.toISOString() ?? null,
  }))
}
