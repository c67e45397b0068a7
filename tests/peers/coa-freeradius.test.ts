import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { credentialSecret } from '../../db/values/credential.ts'
import { initKeys } from '../../db/values/keys.ts'
import { describePeer, type Product, run, setUpTeahouse, startProduct } from './product.ts'
import { signInByPhone } from './walk.ts'

const secretKey = randomBytes(32)
const secret = 'a-radius-secret-of-this-test'
const ports = { http: 8172, auth: 18720, acct: 18721, coa: 18722 }
const base = `http://127.0.0.1:${ports.http}`

/**
 * FreeRADIUS as a gateway's dynamic authorization server: it verifies what we send by rules of its own, takes or
 * refuses it by its own configuration, and writes down what it understood.
 */
describePeer(
  'A gateway whose dynamic authorization server is FreeRADIUS',
  { freeradius: 'freeradius', radclient: 'freeradius-utils', curl: 'curl' },
  () => {
    const work = mkdtempSync(join(tmpdir(), 'doorman-coa-'))
    let product: Product
    let radiusd: ChildProcess
    let said = ''
    let apiKey: string
    let stations = 0

    beforeAll(async () => {
      initKeys(secretKey)
      mkdirSync(join(work, 'log'))
      writeFileSync(join(work, 'radiusd.conf'), radiusdConfig(work))
      radiusd = spawn('freeradius', ['-X', '-d', work, '-n', 'radiusd'])
      for (const stream of [radiusd.stdout, radiusd.stderr])
        stream?.on('data', (chunk) => {
          said += chunk
        })
      product = await startProduct({
        port: ports.http,
        env: {
          SECRET_KEY: secretKey.toString('hex'),
          RADIUS_AUTH_PORT: String(ports.auth),
          RADIUS_ACCT_PORT: String(ports.acct),
          PUBLIC_URL: base,
        },
      })
      const made = await setUpTeahouse(product, {
        '--gateway': 'uam',
        '--nas-address': '127.0.0.1',
        '--nas-secret': secret,
        '--nas-identifier': 'nas01',
        '--coa-port': String(ports.coa),
      })
      apiKey = made.apiKey
      const until = Date.now() + 20_000
      while (!said.includes('Ready to process requests')) {
        if (radiusd.exitCode !== null || Date.now() > until) throw new Error(said.slice(-3000))
        await new Promise((done) => setTimeout(done, 100))
      }
    }, 90_000)

    afterAll(async () => {
      radiusd?.kill('SIGTERM')
      await product?.stop()
      rmSync(work, { recursive: true, force: true })
    }, 30_000)

    it('takes other limits in the middle of a session, every one of them, and then the end', async () => {
      const guest = await online('good-1')
      said = ''
      const changed = await post<{ limits: string }>(`/sessions/${guest.id}/limits`, {
        secondsLeft: 1800,
        octetsLeft: '6000000000',
        bandwidthDownBps: 3_000_000,
      })
      expect(changed).toEqual({ limits: 'acknowledged' })
      expect(said).toMatch(/Received CoA-Request Id \d+ from 127\.0\.0\.1/)
      for (const [name, value] of [
        ['User-Name', `"${guest.userName}"`],
        ['NAS-Identifier', '"nas01"'],
        ['Acct-Session-Id', '"good-1"'],
        ['Calling-Station-Id', `"${guest.mac}"`],
        ['WISPr-Bandwidth-Max-Down', '3000000'],
        ['WISPr-Bandwidth-Max-Up', '10000000'],
        ['Mikrotik-Rate-Limit', '"10000k/3000k"'],
        ['ChilliSpot-Bandwidth-Max-Down', '3000'],
        ['Idle-Timeout', '1200'],
        ['Mikrotik-Total-Limit-Gigawords', '1'],
      ])
        expect(said).toContain(`${name} = ${value}`)
      const ended = await post<{ disconnect: string }>(`/sessions/${guest.id}/disconnect`)
      expect(ended).toEqual({ disconnect: 'acknowledged' })
      expect(said).toMatch(/Received Disconnect-Request/)
      expect(said).toMatch(/Event-Timestamp = "/)
    }, 60_000)

    it('refuses with a reason, which the panel is told in words', async () => {
      const guest = await online('forbidden-1')
      expect(await post(`/sessions/${guest.id}/limits`, { secondsLeft: 1800 })).toEqual({
        limits: 'refused',
        errorCause: 'administratively-prohibited',
      })
      expect(await post(`/sessions/${guest.id}/disconnect`)).toEqual({
        disconnect: 'refused',
        errorCause: 'session-context-not-removable',
      })
      const session = await api<{ disconnect: object; limitsChange: object }>(`/sessions/${guest.id}`)
      expect(session).toMatchObject({
        disconnect: { outcome: 'refused', errorCause: 'session-context-not-removable' },
        limitsChange: { outcome: 'refused', errorCause: 'administratively-prohibited' },
      })
    }, 60_000)

    it('that does not know the session any more has done what was asked', async () => {
      const guest = await online('gone-1')
      expect(await post(`/sessions/${guest.id}/disconnect`)).toEqual({ disconnect: 'acknowledged' })
    }, 60_000)

    /** A guest who signed in by phone and whose session began. */
    async function online(acctSessionId: string) {
      const mac = `02-5A-00-00-03-0${++stations}`
      const { userName } = await signInByPhone(base, apiKey, `+861380013820${stations}`, mac)
      const credential = { 'User-Name': userName, 'User-Password': credentialSecret(userName) }
      const station = { 'NAS-Identifier': 'nas01', 'Calling-Station-Id': mac }
      const accepted = await radclient('auth', { ...credential, ...station })
      const ofGrant = accepted.match(/Class = (0x[0-9a-f]+)/)?.[1] ?? ''
      await radclient('acct', {
        ...station,
        'User-Name': userName,
        'Acct-Session-Id': acctSessionId,
        'Acct-Status-Type': 'Start',
        Class: ofGrant,
      })
      const sessions = await api<{ items: { id: string; acctSessionId: string }[] }>('/sessions?active=true')
      const id = sessions.items.find((session) => session.acctSessionId === acctSessionId)?.id
      if (!id) throw new Error('no session began')
      return { id, mac, userName }
    }
    const radclient = (kind: 'auth' | 'acct', attributes: Record<string, string>) =>
      run(
        `echo '${Object.entries(attributes)
          .map(([name, value]) => `${name} = ${/^0x|^Start$/.test(value) ? value : `"${value}"`}`)
          .concat(kind === 'auth' ? ['Message-Authenticator = 0x00'] : [])
          .join(', ')}' | radclient -x -r 1 -t 3 127.0.0.1:${ports[kind]} ${kind} ${secret} 2>&1`,
      )
    const headers = () => ({ authorization: `Bearer ${apiKey}` })
    const api = async <T>(path: string) =>
      (await (await fetch(`${base}/api/v1${path}`, { headers: headers() })).json()) as T
    const post = async <T = unknown>(path: string, body?: object) =>
      (await (
        await fetch(`${base}/api/v1${path}`, {
          method: 'POST',
          headers: { ...headers(), 'content-type': 'application/json' },
          ...(body ? { body: JSON.stringify(body) } : {}),
        })
      ).json()) as T
  },
)

/** Sessions called good- it knows, forbidden- it keeps, others it has forgotten. */
const radiusdConfig = (work: string) => `
prefix = /usr
name = radiusd
logdir = ${work}/log
raddbdir = ${work}
run_dir = ${work}/log
pidfile = ${work}/log/radiusd.pid
libdir = /usr/lib/freeradius
max_requests = 1024
proxy_requests = no
log {
  destination = stdout
}
client doorman {
  ipaddr = 127.0.0.1
  secret = ${secret}
  require_message_authenticator = yes
}
modules {
  always reject {
    rcode = reject
  }
  always ok {
    rcode = ok
  }
}
server coa {
  listen {
    type = coa
    ipaddr = 127.0.0.1
    port = ${ports.coa}
  }
  recv-coa {
    if (!&Event-Timestamp || !&User-Name || !&Calling-Station-Id) {
      update reply { Error-Cause := Missing-Attribute }
      reject
    }
    if (&Acct-Session-Id =~ /^forbidden-/) {
      if (&Packet-Type == Disconnect-Request) {
        update reply { Error-Cause := Session-Context-Not-Removable }
      }
      else {
        update reply { Error-Cause := Administratively-Prohibited }
      }
      reject
    }
    if (&Acct-Session-Id !~ /^good-/) {
      update reply { Error-Cause := 503 }
      reject
    }
    ok
  }
  send-coa {
    ok
  }
}
`
