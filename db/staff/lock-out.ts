import { eq, sql } from 'drizzle-orm'
import type { Db } from '../index.ts'
import { signInTries } from '../schema/auth.ts'
import { hashOf } from './one-time.ts'

/** Wrong passwords in a row before an address has to wait. */
export const triesBeforeWait = 5
const waitSeconds = 60
const longestWaitSeconds = 900
/** After this long without a try, an address begins anew. */
const forgetSeconds = 86_400

/**
 * Takes one try at a password, before the password is looked at: so a hundred tries at once are five. The fifth in a
 * row, and each one after a wait, makes the address wait: 1 minute, then twice as long each time, at most 15 minutes,
 * so that nobody is shut out for long by a stranger who types their address.
 */
export async function takeSignInTry(
  db: Db,
  email: string,
  now: Date,
): Promise<{ ok: true } | { ok: false; retryAfterSeconds: number }> {
  const emailHash = keyOf(email)
  const at = sql`${now.toISOString()}::timestamptz`
  const tries = sql`case when t.last_at < ${at} - interval '${sql.raw(String(forgetSeconds))} seconds' then 1 else t.tries + 1 end`
  const taken = await db.system.execute(sql`
    insert into sign_in_tries as t (email_hash, tries, last_at) values (${emailHash}, 1, ${at})
    on conflict (email_hash) do update set tries = ${tries}, last_at = ${at}, locked_until =
      case when ${tries} >= ${triesBeforeWait}::int then ${at} + make_interval(secs =>
        least(${longestWaitSeconds}::int, ${waitSeconds}::int * 2 ^ least(${tries} - ${triesBeforeWait}::int, 10))) end
    where t.locked_until is null or t.locked_until <= ${at}
    returning tries`)
  if (taken.length === 1) return { ok: true }
  const [row] = await db.system.select().from(signInTries).where(eq(signInTries.emailHash, emailHash))
  const until = row?.lockedUntil?.getTime() ?? now.getTime()
  return { ok: false, retryAfterSeconds: Math.max(1, Math.ceil((until - now.getTime()) / 1000)) }
}

/** The password was right: earlier slips no longer count. */
export async function forgetSignInTries(db: Db, email: string): Promise<void> {
  await db.system.delete(signInTries).where(eq(signInTries.emailHash, keyOf(email)))
}

const keyOf = (email: string) => hashOf(email.trim().toLowerCase())
