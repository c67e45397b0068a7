import { startEmbedded } from './embedded.ts'
import { connect, type Db, dial } from './index.ts'
import { prepareJobs } from './jobs.ts'
import { migrate } from './migrate.ts'

export type Ledger = { db: Db; url: string; close(): Promise<void> }

/**
 * Opens the ledger: the PostgreSQL of `url`, or the embedded one of `dataDir`, brought to the newest migration.
 * Throws one sentence that says what is wrong and what to do.
 */
export async function openLedger(options: {
  url?: string | undefined
  dataDir: string
  log: (line: string) => void
  /** False for commands that must not change the database, such as a look at its state. */
  migrate?: boolean
  statementTimeoutMs?: number
}): Promise<Ledger> {
  const embedded = options.url
    ? undefined
    : await startEmbedded({ dataDir: options.dataDir, log: options.log })
  const url = options.url ?? (embedded?.url as string)
  try {
    await checkServer(url)
    const { from, to } = options.migrate === false ? { from: '', to: '' } : await migrate(url)
    const db = connect({
      url,
      ...(options.statementTimeoutMs ? { statementTimeoutMs: options.statementTimeoutMs } : {}),
    })
    // Queues are kept by the same release as the tables; an unchanged database has them.
    if (from !== to || options.migrate !== false) await prepareJobs(db)
    return {
      db,
      url,
      close: async () => {
        await db.close()
        await embedded?.close()
      },
    }
  } catch (error) {
    await embedded?.close()
    throw error
  }
}

async function checkServer(url: string) {
  const sql = dial(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  const { hostname, port, pathname } = new URL(url)
  const where = `${hostname}:${port || 5432}${pathname}`
  try {
    const [row] = await sql`select current_setting('server_version_num')::int as version`
    if (Number(row?.version) < 150000)
      throw new Error(
        `The database at ${where} is PostgreSQL ${Math.floor(Number(row?.version) / 10000)}; Doorman needs 15 or newer.`,
      )
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    if (message.startsWith('The database')) throw error
    const why: Record<string, string> = {
      ECONNREFUSED: 'nothing listens there',
      ENOENT: 'nothing listens there',
      ENOTFOUND: 'that name is not known',
      CONNECT_TIMEOUT: 'it does not answer',
      '28P01': 'name or password is wrong',
      '3D000': 'there is no such database',
    }
    throw new Error(
      `The database at ${where} can not be reached: ${why[code ?? ''] ?? code ?? message}. Check DATABASE_URL.`,
      { cause: error },
    )
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {})
  }
}
