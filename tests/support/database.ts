import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type Db, dial } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { withDatabase } from './cluster.ts'

export type TestDatabase = { url: string; db: Db; close(): Promise<void> }

/** The secret key of all tests; never of anything else. */
export const testSecretKey = Buffer.from('doorman-test-secret-key-32-bytes!!')

/** A migrated database of its own, copied from the template in some 50 ms. */
export async function freshDatabase(): Promise<TestDatabase> {
  initKeys(testSecretKey)
  const { url, template } = inject('cluster')
  const name = `doorman_test_${randomBytes(6).toString('hex')}`
  const admin = dial(url, { max: 1, onnotice: () => {} })
  // Two files may copy the template at once; PostgreSQL lets only one.
  for (let attempt = 0; ; attempt++) {
    try {
      await admin.unsafe(`create database ${name} template ${template}`)
      break
    } catch (error) {
      if (attempt === 50 || (error as { code?: string }).code !== '55006') throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  const own = withDatabase(url, name)
  const db = connect({ url: own })
  return {
    url: own,
    db,
    close: async () => {
      await db.close()
      await admin.unsafe(`drop database if exists ${name} with (force)`)
      await admin.end()
    },
  }
}
