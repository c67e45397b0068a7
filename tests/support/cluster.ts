import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { startEmbedded } from '../../db/embedded.ts'
import { connect, dial } from '../../db/index.ts'
import { prepareJobs } from '../../db/jobs.ts'
import { migrate } from '../../db/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** A cluster and the migrated database in it that each test file copies. */
    cluster: { url: string; template: string }
  }
}

/** One PostgreSQL for the whole run: the one of DATABASE_URL, else the embedded one in a folder of its own. */
export default async function setup(project: TestProject) {
  const dataDir = mkdtempSync(join(tmpdir(), 'doorman-test-'))
  // Root runs the database as another account, which must be able to enter.
  chmodSync(dataDir, 0o755)
  const given = process.env.DATABASE_URL
  const embedded = given ? undefined : await startEmbedded({ dataDir, log: () => {} })
  const url = given ?? (embedded?.url as string)
  const template = `doorman_template_${randomBytes(4).toString('hex')}`
  const admin = dial(url, { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${template}`)
  const templateUrl = withDatabase(url, template)
  await migrate(templateUrl)
  const db = connect({ url: templateUrl })
  await prepareJobs(db)
  await db.close()
  project.provide('cluster', { url, template })
  return async () => {
    await admin.unsafe(`drop database if exists ${template} with (force)`)
    await admin.end()
    await embedded?.close()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

export function withDatabase(url: string, name: string): string {
  const changed = new URL(url)
  changed.pathname = `/${name}`
  return changed.href
}
