import { sql } from 'drizzle-orm'
import { fromDrizzle, PgBoss } from 'pg-boss'
import type { Ctx } from './context.ts'
import type { Db, Tx } from './index.ts'

/** Every intent that crosses from one wing to another. Ids only: a job holds no personal data. */
export type JobPayloads = {
  'message.send': { merchantId: string; messageId: string }
  'radius.disconnect': { merchantId: string; sessionId: string }
  'radius.change-limits': { merchantId: string; sessionId: string }
  'sessions.close-stale': Record<string, never>
  'sessions.meter': Record<string, never>
  'admissions.forget-news': Record<string, never>
  'balance.notice': { merchantId: string; entryId: string }
}
export type JobName = keyof JobPayloads
export type JobHandlers = { [N in JobName]: (payload: JobPayloads[N]) => Promise<void> }

const queues: Record<JobName, { retryLimit: number; retryBackoff: boolean; every?: string }> = {
  'message.send': { retryLimit: 3, retryBackoff: true },
  'radius.disconnect': { retryLimit: 0, retryBackoff: false },
  'radius.change-limits': { retryLimit: 0, retryBackoff: false },
  'sessions.close-stale': { retryLimit: 0, retryBackoff: false, every: '* * * * *' },
  'sessions.meter': { retryLimit: 0, retryBackoff: false, every: '* * * * *' },
  'admissions.forget-news': { retryLimit: 0, retryBackoff: false, every: '17 * * * *' },
  'balance.notice': { retryLimit: 3, retryBackoff: true },
}

export type Jobs = {
  /** Takes no more and lets those under way finish; what is not finished by then goes back to its queue. */
  stop(timeoutMs?: number): Promise<void>
}

/**
 * Makes the queues. Run after `migrate`, by its account.
 * @returns when every queue can be sent to.
 */
export async function prepareJobs(db: Db): Promise<void> {
  const boss = new PgBoss({ connectionString: db.url, max: 1, supervise: false, schedule: false })
  boss.on('error', () => {})
  await boss.start()
  for (const [name, queue] of Object.entries(queues)) {
    await boss.createQueue(name, {
      retryLimit: queue.retryLimit,
      retryBackoff: queue.retryBackoff,
      notify: true,
    })
  }
  await boss.getDb().executeSql('grant usage on schema pgboss to doorman_system')
  await boss
    .getDb()
    .executeSql('grant select, insert, update on all tables in schema pgboss to doorman_system')
  await boss.stop({ graceful: false, close: true })
}

/**
 * Puts a job down in the caller's transaction: fact and intent are both there or neither is.
 * A tenant's role can not touch the queue, so the role is lent for this one statement.
 */
export async function enqueue<N extends JobName>(
  tx: Tx,
  ctx: Pick<Ctx, 'db'>,
  name: N,
  payload: JobPayloads[N],
  options: { startAfterSeconds?: number; key?: string } = {},
): Promise<void> {
  const boss = await sender(ctx.db)
  const [before] = await tx.execute<{ role: string }>(sql`select current_user as role`)
  await tx.execute(sql`set local role doorman_system`)
  await boss.send(name, payload, {
    db: fromDrizzle(tx, sql),
    ...(options.startAfterSeconds ? { startAfter: options.startAfterSeconds } : {}),
    ...(options.key ? { singletonKey: options.key } : {}),
  })
  await tx.execute(
    sql.raw(`set local role ${before?.role === 'doorman_tenant' ? 'doorman_tenant' : 'doorman_system'}`),
  )
}

const senders = new WeakMap<Db, Promise<PgBoss>>()

/** One sending-only instance a connection; it keeps the queues' settings at hand. */
function sender(db: Db): Promise<PgBoss> {
  let started = senders.get(db)
  if (!started) {
    const boss = new PgBoss({
      connectionString: db.url,
      max: 1,
      migrate: false,
      supervise: false,
      schedule: false,
    })
    boss.on('error', () => {})
    started = boss.start()
    started.catch(() => senders.delete(db))
    senders.set(db, started)
    db.onClose(() => boss.stop({ graceful: false, close: true }))
  }
  return started
}

/** Works on the jobs a process has handlers for. Every handler may run twice and must not mind. */
export async function startJobs(
  db: Db,
  handlers: Partial<JobHandlers>,
  onError: (error: unknown, name: string) => void,
): Promise<Jobs> {
  const boss = new PgBoss({ connectionString: db.url, max: 3, useListenNotify: true })
  boss.on('error', (error) => onError(error, 'queue'))
  await boss.start()
  for (const [name, handler] of Object.entries(handlers) as [JobName, (payload: never) => Promise<void>][]) {
    const every = queues[name].every
    if (every) await boss.schedule(name, every, {})
    await boss.work(name, { batchSize: 10, pollingIntervalSeconds: 1 }, async (jobs) => {
      const results = await Promise.allSettled(jobs.map((job) => handler(job.data as never)))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed) {
        onError(failed.reason, name)
        throw failed.reason
      }
    })
  }
  return { stop: (timeoutMs = 10_000) => boss.stop({ graceful: true, close: true, timeout: timeoutMs }) }
}
