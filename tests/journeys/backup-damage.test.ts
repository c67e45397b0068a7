import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backup } from '../../db/backup.ts'
import { seedDemo } from '../../db/demo.ts'
import { restore } from '../../db/restore.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'

describe('A backup that is no longer what was written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'doorman-backup-'))
  const file = join(folder, 'shop.backup')
  let from: TestDatabase
  let to: TestDatabase
  beforeAll(async () => {
    from = await freshDatabase()
    to = await freshDatabase()
    await seedDemo(from.db, { guests: 60, days: 60, seed: 3, now: new Date() })
    await backup(from.url, file)
  })
  afterAll(async () => {
    await from.close()
    await to.close()
    rmSync(folder, { recursive: true, force: true })
  })

  const rows = (change: (text: string) => string) => (bytes: Buffer) =>
    gzipSync(change(gunzipSync(bytes).toString()))
  const ways: [string, (bytes: Buffer) => Buffer, string][] = [
    ['is cut off', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 2)), 'backup.damaged'],
    ['has one wrong octet', (bytes) => flip(bytes, Math.floor(bytes.length / 2)), 'backup.damaged'],
    [
      'has a changed row',
      rows((text) => text.replace(/"visit_count": ?([0-9])/, '"visit_count": 9$1')),
      'backup.damaged',
    ],
    [
      'has a row too few',
      rows((text) => text.replace(/^\{[^\n]*"visit_count"[^\n]*\n/m, '')),
      'backup.damaged',
    ],
    [
      'has a row that is no row',
      rows((text) => text.replace(/^\{[^\n]*"visit_count"[^\n]*\n/m, '{"id": 5, \n')),
      'backup.damaged',
    ],
    ['lacks its end', rows((text) => text.slice(0, text.lastIndexOf('{"done"'))), 'backup.damaged'],
    [
      'is of another release',
      rows((text) => text.replace('0001-ledger.sql', '0001-other.sql')),
      'backup.other-version',
    ],
    ['is a letter', () => Buffer.from('Dear Sir or Madam'), 'backup.unreadable'],
    ['is empty', () => Buffer.alloc(0), 'backup.unreadable'],
  ]
  for (const [how, spoil, code] of ways)
    it(`is refused where it ${how}, and nothing is changed`, async () => {
      const damaged = join(folder, 'damaged.backup')
      writeFileSync(damaged, spoil(readFileSync(file)))
      await expect(restore(to.url, damaged)).rejects.toMatchObject({ code })
      const [row] = await to.db
        .sql`select (select count(*) from merchants)::int + (select count(*) from guests)::int as all`
      expect(row?.all).toBe(0)
    })

  it('is restored where it is', async () => {
    const { rows } = await restore(to.url, file)
    expect(rows).toBeGreaterThan(300)
  })
})

function flip(bytes: Buffer, at: number): Buffer {
  const spoilt = Buffer.from(bytes)
  spoilt[at] = (spoilt[at] ?? 0) ^ 0xff
  return spoilt
}
