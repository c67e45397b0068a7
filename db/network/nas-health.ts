import type { Db } from '../index.ts'
import { arrayLiteral } from '../values/array.ts'
import { newId } from '../values/id.ts'

/** What can be wrong with the packets of a NAS; the panel has the words and the remedy. */
export type NasProblem =
  | 'bad-auth-secret'
  | 'bad-acct-secret'
  | 'no-message-authenticator'
  | 'bad-message-authenticator'
  | 'malformed'
  | 'clock'

export type NasNews = {
  merchantId: string
  nasId: string
  authAt?: Date
  acctAt?: Date
  /** A packet carried a good Message-Authenticator: from now on `auto` requires it, also after a restart. */
  messageAuthenticatorSeen?: boolean
  problems: Map<NasProblem, number>
  cleared: Set<NasProblem>
}

/** Writes what was heard of each NAS since the last time: a handful of statements however many packets it was. */
export async function recordNasNews(db: Db, news: NasNews[], now: Date): Promise<void> {
  if (news.length === 0) return
  await db.sql.begin(async (sql) => {
    await sql`
      update nas set last_seen_at = greatest(last_seen_at, n.auth_at, n.acct_at), last_auth_at = greatest(last_auth_at, n.auth_at),
        last_acct_at = greatest(last_acct_at, n.acct_at),
        message_authenticator_seen_at = coalesce(message_authenticator_seen_at, case when n.seen then ${now}::timestamptz end)
      from unnest(${arrayLiteral(news.map((n) => n.merchantId))}::text[], ${arrayLiteral(news.map((n) => n.nasId))}::text[],
        ${arrayLiteral(news.map((n) => n.authAt?.toISOString() ?? null))}::timestamptz[], ${arrayLiteral(news.map((n) => n.acctAt?.toISOString() ?? null))}::timestamptz[],
        ${arrayLiteral(news.map((n) => n.messageAuthenticatorSeen ?? false))}::boolean[]) as n(merchant_id, nas_id, auth_at, acct_at, seen)
      where nas.merchant_id = n.merchant_id and nas.id = n.nas_id`
    // The other processes hear of it too.
    if (news.some((n) => n.messageAuthenticatorSeen)) await sql`select pg_notify('nas_changed', '')`
    for (const { merchantId, nasId, problems, cleared } of news) {
      for (const [kind, count] of problems)
        await sql`insert into nas_problems (merchant_id, nas_id, kind, count, first_at, last_at)
          values (${merchantId}, ${nasId}, ${kind}, ${count}, ${now}, ${now})
          on conflict (merchant_id, nas_id, kind) do update set last_at = excluded.last_at, cleared_at = null,
            count = case when nas_problems.cleared_at is null then nas_problems.count else 0 end + excluded.count,
            first_at = case when nas_problems.cleared_at is null then nas_problems.first_at else excluded.first_at end`
      const fine = [...cleared].filter((kind) => !problems.has(kind))
      if (fine.length)
        await sql`update nas_problems set cleared_at = ${now} where merchant_id = ${merchantId} and nas_id = ${nasId}
          and kind = any(${arrayLiteral(fine)}::text[]) and cleared_at is null`
    }
  })
}

export type Stranger = { address: string; nasIdentifier: string; count: number }

/** Sources that belong to no merchant. At most 1,000 are kept: anybody can send packets from anywhere. */
export async function recordStrangers(db: Db, strangers: Stranger[], now: Date): Promise<void> {
  for (const { address, nasIdentifier, count } of strangers)
    await db.sql`insert into unknown_nas (id, address, nas_identifier, count, first_at, last_at)
      select ${newId('unk')}, ${address}, ${nasIdentifier}, ${count}, ${now}, ${now}
      where (select count(*) from unknown_nas) < 1000
        or exists (select from unknown_nas where address = ${address} and nas_identifier = ${nasIdentifier})
      on conflict (address, nas_identifier) do update set count = unknown_nas.count + excluded.count, last_at = excluded.last_at`
}
