import type { Db } from '../index.ts'

/** What was learnt of the rights of devices that come back, and until when. */
export type AdmissionNews = {
  /** To be given back with the next question: what it can not see is the next news. */
  mark: string
  /** `siteId mac` of devices whose rights may be others now; undefined: of any. */
  changed: string[] | undefined
}

/**
 * What has changed in the rights of devices since `mark` was made, as the database itself tells it: triggers note every
 * change together with its transaction, and a snapshot says which transactions it saw (PostgreSQL documentation,
 * "Transaction ID and Snapshot Information Functions"). So a change is never missed, in whatever order transactions end:
 * not even one whose transaction began long ago.
 *
 * A mark counts for one run of one server: after a failover or a restart everything is news.
 */
export async function admissionNews(db: Db, mark: string | undefined): Promise<AdmissionNews> {
  const [server, snapshot] = mark?.split(' ') ?? []
  const [row] = await db.sql.unsafe<{ said: string }[]>(newsStatement, [snapshot ?? beyondAll], {
    prepare: true,
  })
  const [now = '', ...changed] = row?.said.split('\n') ?? []
  const isKnown = server !== undefined && now.startsWith(`${server} `)
  return { mark: now, changed: isKnown && !changed.includes(any) ? changed : undefined }
}

const any = '*'
/** A snapshot after which there is no news. */
const beyondAll = '9223372036854775807:9223372036854775807:'

const newsStatement = `
  select concat_ws(E'\\n', date_part('epoch', pg_postmaster_start_time()) || ' ' || pg_current_snapshot(), (
    select string_agg(coalesce(site_id || ' ' || mac, '${any}'), E'\\n') from admission_news
      where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot))) as said`

/**
 * Forgets news that nobody will ask for any more. Who has not asked for so long that some of it was new to him finds one
 * word in its place: everything. Both happen in one transaction, so nobody can see the one without the other.
 * @param keep rows that are not worth it.
 */
export async function forgetAdmissionNews(db: Db, keep = 10_000): Promise<void> {
  await db.sql.unsafe(
    `with gone as (
        delete from admission_news where xid < pg_snapshot_xmin(pg_current_snapshot())
          and (select count(*) from admission_news) > $1 returning 1)
      insert into admission_news (site_id, mac) select null, null from gone limit 1`,
    [keep],
  )
}
