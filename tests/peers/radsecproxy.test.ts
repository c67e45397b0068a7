import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { credentialSecret } from '../../db/values/credential.ts'
import { initKeys } from '../../db/values/keys.ts'
import { authority } from '../support/certificates.ts'
import { describePeer, type Product, run, setUpTeahouse, startProduct } from './product.ts'
import { signInByPhone } from './walk.ts'

const secretKey = randomBytes(32)
const secret = 'between-radclient-and-proxy'
const ports = { http: 8171, auth: 18711, acct: 18712, radsec: 18713, proxy: 18714 }
const base = `http://127.0.0.1:${ports.http}`

/** radclient → UDP → radsecproxy → TLS → Doorman, and the same way back. */
describePeer(
  'A shop behind radsecproxy',
  {
    radsecproxy: 'radsecproxy',
    radclient: 'freeradius-utils',
    openssl: 'openssl',
    curl: 'curl',
  },
  () => {
    const work = mkdtempSync(join(tmpdir(), 'doorman-radsecproxy-'))
    let product: Product
    let proxy: ChildProcess
    let proxySaid = ''
    let apiKey: string
    let nasId: string

    beforeAll(async () => {
      initKeys(secretKey)
      const ca = authority(work, 'ca')
      const server = ca.sign('doorman.example', ['DNS:doorman.example', 'IP:127.0.0.1'])
      const shop = ca.sign('radsecproxy of the teahouse')
      product = await startProduct({
        port: ports.http,
        env: {
          SECRET_KEY: secretKey.toString('hex'),
          RADIUS_AUTH_PORT: String(ports.auth),
          RADIUS_ACCT_PORT: String(ports.acct),
          RADSEC_PORT: String(ports.radsec),
          RADSEC_CERT_FILE: server.certFile,
          RADSEC_KEY_FILE: server.keyFile,
          RADSEC_CA_FILE: ca.caFile,
          PUBLIC_URL: base,
        },
      })
      const made = await setUpTeahouse(product, {
        '--gateway': 'uam',
        '--nas-secret': 'not used over TLS',
        '--nas-identifier': 'nas01',
        '--tls-identity': shop.fingerprint,
      })
      apiKey = made.apiKey
      nasId = made.nasId
      const config = join(work, 'radsecproxy.conf')
      writeFileSync(config, proxyConfig({ caFile: ca.caFile, ...shop }))
      chmodSync(config, 0o600)
      proxy = spawn('radsecproxy', ['-f', '-c', config, '-i', join(work, 'pid')])
      for (const stream of [proxy.stdout, proxy.stderr])
        stream?.on('data', (chunk) => {
          proxySaid += chunk
        })
      while (!/doorman/i.test(proxySaid) && proxy.exitCode === null)
        await new Promise((done) => setTimeout(done, 100))
    }, 90_000)

    afterAll(async () => {
      proxy?.kill('SIGTERM')
      await product?.stop()
      rmSync(work, { recursive: true, force: true })
    }, 30_000)

    it('has its guests accepted by PAP and CHAP, and refused with a wrong password', async () => {
      const guest = await signIn('+8613800138101', '02-5A-00-00-02-01')
      const wrong = await radclient('auth', { ...guest.request, 'User-Password': 'not-the-password' })
      expect(wrong).toContain('Access-Reject')
      const right = await radclient('auth', { ...guest.request, 'User-Password': guest.password })
      expect(right).toContain('Access-Accept')
      expect(right).toMatch(/Session-Timeout = \d+/)
      const other = await signIn('+8613800138102', '02-5A-00-00-02-02')
      const chap = await radclient('auth', { ...other.request, 'CHAP-Password': other.password })
      expect(chap).toContain('Access-Accept')
    }, 60_000)

    it('has Start and Stop counted and acknowledged', async () => {
      const session = {
        'User-Name': 'someone',
        'NAS-Identifier': 'nas01',
        'Calling-Station-Id': '02-5A-00-00-02-01',
        'Acct-Session-Id': 'proxy-0001',
      }
      expect(await radclient('acct', { ...session, 'Acct-Status-Type': 'Start' })).toContain(
        'Accounting-Response',
      )
      const stop = { 'Acct-Status-Type': 'Stop', 'Acct-Session-Time': '9', 'Acct-Output-Octets': '77' }
      expect(await radclient('acct', { ...session, ...stop })).toContain('Accounting-Response')
      const { items } = await api<{ items: Record<string, unknown>[] }>('/sessions?active=false')
      expect(items.find((item) => item.acctSessionId === 'proxy-0001')).toMatchObject({
        nasId,
        outputOctets: '77',
      })
    }, 60_000)

    it('is told that the server is alive, after our certificate was read anew too', async () => {
      product.process.kill('SIGHUP')
      // radsecproxy asks by itself over TLS (StatusServer on), some half a minute after the last answer, and answers
      // radclient from what it knows.
      await expect
        .poll(
          async () =>
            (await run(`curl -s -m 5 ${base}/metrics`))
              .split('\n')
              .find((line) => line.includes('port="auth",event="status"')) ?? '',
          { timeout: 80_000, interval: 500 },
        )
        .toMatch(/ [1-9]\d*$/)
      expect(await radclient('status', { 'Message-Authenticator': '0x00' })).toMatch(/Access-Accept/)
    }, 100_000)

    it('shows in the panel as a gateway that answers', async () => {
      await expect
        .poll(async () => (await api<{ health: string }>(`/nas/${nasId}`)).health, { timeout: 5000 })
        .toBe('answers')
    })

    const signIn = async (phone: string, mac: string) => {
      const guest = await signInByPhone(base, apiKey, phone, mac)
      return { ...guest, password: credentialSecret(guest.userName) }
    }
    const api = async <T>(path: string) =>
      JSON.parse(await run(`curl -s -m 15 -H 'Authorization: Bearer ${apiKey}' '${base}/api/v1${path}'`)) as T
    const radclient = (kind: 'auth' | 'acct' | 'status', attributes: Record<string, string>) =>
      run(
        `echo '${Object.entries(attributes)
          .map(
            ([name, value]) =>
              `${name} = ${/^(?:0x|\d+$|Start$|Stop$|Login-User$)/.test(value) ? value : `"${value}"`}`,
          )
          .concat(kind === 'auth' ? ['Message-Authenticator = 0x00'] : [])
          .join(', ')}' | radclient -x -r 1 -t 4 127.0.0.1:${ports.proxy} ${kind} ${secret} 2>&1 || true`,
      )
  },
)

const proxyConfig = (files: { caFile: string; certFile: string; keyFile: string }) => `
ListenUDP 127.0.0.1:${ports.proxy}
LogLevel 3
tls default {
    CACertificateFile ${files.caFile}
    CertificateFile ${files.certFile}
    CertificateKeyFile ${files.keyFile}
}
client radclient {
    host 127.0.0.1
    type udp
    secret ${secret}
}
server doorman {
    host 127.0.0.1
    port ${ports.radsec}
    type tls
    secret radsec
    statusserver on
}
realm * {
    server doorman
    accountingServer doorman
}
`
