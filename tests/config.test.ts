import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { envExample, loadConfig } from '../config.ts'
import { authority } from './support/certificates.ts'

const folder = mkdtempSync(join(tmpdir(), 'doorman-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const problemsOf = (env: Record<string, string>) => {
  const loaded = loadConfig({ DATA_DIR: folder, ...env })
  return loaded.ok ? [] : loaded.problems
}

describe('What the operator sets', () => {
  it('needs nothing at all to be set', () => {
    const loaded = loadConfig({ DATA_DIR: folder })
    expect(loaded).toMatchObject({
      ok: true,
      config: {
        http: { port: 8080, host: '0.0.0.0' },
        radius: { authPort: 1812, acctPort: 1813 },
        role: 'all',
      },
    })
  })

  it('tells every wrong variable at once, by name', () => {
    const problems = problemsOf({
      PORT: '70000',
      ROLE: 'boss',
      DATABASE_URL: 'mysql://x',
      PUBLIC_URL: 'https://wifi.example.com/shop',
      TRUSTED_PROXIES: 'my-proxy',
      MESSENGER: 'twilio',
    })
    for (const name of ['PORT', 'ROLE', 'DATABASE_URL', 'PUBLIC_URL', 'TRUSTED_PROXIES', 'TWILIO_FROM'])
      expect(problems.filter((line) => line.startsWith(`${name} `))).toHaveLength(1)
  })

  it('never repeats a secret that is wrong', () => {
    const problems = problemsOf({ SECRET_KEY: 'tooshort-hunter2', DATABASE_URL: 'postgres//user:hunter2@db' })
    expect(problems).toHaveLength(2)
    expect(problems.join()).not.toContain('hunter2')
  })

  it('says that a messenger of another version is not here yet', () => {
    expect(problemsOf({ MESSENGER: 'aliyun' })).toEqual([expect.stringContaining('not in this version yet')])
  })

  it('refuses one port for both kinds of RADIUS', () => {
    expect(problemsOf({ RADIUS_ACCT_PORT: '1812' })).toEqual([expect.stringContaining('must differ')])
  })

  it('says that a folder can not be written, beside what else is wrong', () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const problems = problemsOf({ DATA_DIR: join(file, 'data'), PORT: 'x' })
    expect(problems).toEqual([expect.stringContaining('PORT'), expect.stringContaining('can not be written')])
  })

  it('makes the secret key once, for its own account only', () => {
    const dataDir = join(folder, 'kept')
    const first = loadConfig({ DATA_DIR: dataDir })
    const second = loadConfig({ DATA_DIR: dataDir })
    expect(first.ok && second.ok && first.config.secretKey.equals(second.config.secretKey)).toBe(true)
    expect(statSync(join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600)
  })

  it('does not begin anew with another key where the kept one is damaged', () => {
    const dataDir = join(folder, 'damaged')
    loadConfig({ DATA_DIR: dataDir })
    writeFileSync(join(dataDir, 'secret-key'), 'oops')
    expect(problemsOf({ DATA_DIR: dataDir })).toEqual([expect.stringContaining('Put back the copy')])
  })

  it('reads a secret from a file, and says where there is none', () => {
    const file = join(folder, 'key')
    writeFileSync(file, `${'ab'.repeat(32)}\n`)
    const loaded = loadConfig({ DATA_DIR: folder, SECRET_KEY_FILE: file })
    expect(loaded.ok && loaded.config.secretKey.toString('hex')).toBe('ab'.repeat(32))
    expect(problemsOf({ SECRET_KEY_FILE: join(folder, 'none') })).toEqual([
      expect.stringContaining('SECRET_KEY_FILE'),
    ])
  })

  it('opens RadSec only with a port, and says what is wrong with each of its files', () => {
    const ca = authority(join(folder, 'radsec'), 'ca')
    const server = ca.sign('doorman')
    const other = ca.sign('another')
    const right = {
      RADSEC_PORT: '2083',
      RADSEC_CERT_FILE: server.certFile,
      RADSEC_KEY_FILE: server.keyFile,
      RADSEC_CA_FILE: ca.caFile,
    }
    const { RADSEC_PORT: _port, ...files } = right
    const off = loadConfig({ DATA_DIR: folder, ...files })
    expect(off.ok && off.config.radius.radsec).toBeUndefined()
    const on = loadConfig({ DATA_DIR: folder, ...right })
    expect(on.ok && on.config.radius.radsec).toMatchObject({ port: 2083, certFile: server.certFile })
    expect(problemsOf({ RADSEC_PORT: '2083' })).toEqual([
      'RADSEC_CERT_FILE is missing: RADSEC_PORT needs it.',
      'RADSEC_KEY_FILE is missing: RADSEC_PORT needs it.',
      'RADSEC_CA_FILE is missing: RADSEC_PORT needs it.',
    ])
    expect(problemsOf({ ...right, RADSEC_KEY_FILE: join(folder, 'none') })).toEqual([
      'RADSEC_KEY_FILE names a file that can not be read (ENOENT).',
    ])
    expect(problemsOf({ ...right, RADSEC_KEY_FILE: other.keyFile })).toEqual([
      expect.stringContaining('does not belong to the certificate'),
    ])
    expect(problemsOf({ ...right, RADSEC_CA_FILE: server.keyFile })).toEqual([
      'RADSEC_CA_FILE holds no certificate in PEM.',
    ])
    expect(problemsOf({ ...right, RADSEC_PORT: '8080' })).toEqual([
      'PORT and RADSEC_PORT are both 8080: they must differ.',
    ])
  })

  it('keeps .env.example as long as the list of variables', () => {
    expect(readFileSync(new URL('../.env.example', import.meta.url), 'utf8')).toBe(envExample())
  })
})
