import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { credentialSecret } from '../../db/values/credential.ts'
import { initKeys } from '../../db/values/keys.ts'
import { describePeer, type Product, run, setUpTeahouse, startProduct } from './product.ts'
import { signInByPhone } from './walk.ts'

const secretKey = randomBytes(32)
const secret = 'a-radius-secret-of-this-test'
const ports = { http: 8156, auth: 18515, acct: 18516 }
const base = `http://127.0.0.1:${ports.http}`

/** FreeRADIUS's own radclient as the access point of a guest who signs in through the real pages. */
describePeer(
  'An access point that speaks with FreeRADIUS’s tongue',
  { radclient: 'freeradius-utils', eapol_test: 'eapoltest', curl: 'curl' },
  () => {
    let product: Product
    let apiKey: string

    beforeAll(async () => {
      initKeys(secretKey)
      product = await startProduct({
        port: ports.http,
        env: {
          SECRET_KEY: secretKey.toString('hex'),
          RADIUS_AUTH_PORT: String(ports.auth),
          RADIUS_ACCT_PORT: String(ports.acct),
          PUBLIC_URL: base,
        },
      })
      apiKey = (
        await setUpTeahouse(product, {
          '--gateway': 'uam',
          '--nas-address': '127.0.0.1',
          '--nas-secret': secret,
          '--nas-identifier': 'nas01',
        })
      ).apiKey
    }, 90_000)
    afterAll(() => product?.stop(), 30_000)

    it('gets a guest with a fresh PAP credential accepted with limits, and refused with a wrong password', async () => {
      const guest = await signIn('+8613800138001', '02-5A-00-00-01-01')
      const wrong = await radclient('auth', { ...guest.request, 'User-Password': 'not-the-password' })
      expect(wrong).toContain('Access-Reject')
      const right = await radclient('auth', {
        ...guest.request,
        'User-Password': credentialSecret(guest.userName),
      })
      expect(right).toContain('Access-Accept')
      expect(right).toMatch(/Session-Timeout = \d+/)
      expect(right).toMatch(/Class = 0x/)
      expect(right.indexOf('Message-Authenticator')).toBeLessThan(right.indexOf('Session-Timeout'))
    }, 30_000)

    it('gets a guest with a CHAP response accepted', async () => {
      const guest = await signIn('+8613800138002', '02-5A-00-00-01-02')
      const answer = await radclient('auth', {
        ...guest.request,
        'CHAP-Password': credentialSecret(guest.userName),
      })
      expect(answer).toContain('Access-Accept')
    }, 30_000)

    it('can not use a spent credential again for another device', async () => {
      const guest = await signIn('+8613800138003', '02-5A-00-00-01-03')
      const request = { ...guest.request, 'User-Password': credentialSecret(guest.userName) }
      expect(await radclient('auth', request)).toContain('Access-Accept')
      expect(await radclient('auth', { ...request, 'Calling-Station-Id': '02-5A-00-00-01-99' })).toContain(
        'Access-Reject',
      )
    }, 30_000)

    it('has its Start, Interim-Update and Stop counted to the octet', async () => {
      const guest = await signIn('+8613800138004', '02-5A-00-00-01-04')
      const accepted = await radclient('auth', {
        ...guest.request,
        'User-Password': credentialSecret(guest.userName),
      })
      const session = {
        'User-Name': guest.userName,
        'NAS-Identifier': 'nas01',
        'Calling-Station-Id': '02-5A-00-00-01-04',
        'Acct-Session-Id': 'rc-0001',
        Class: accepted.match(/Class = (0x[0-9a-f]+)/)?.[1] ?? '',
      }
      expect(await radclient('acct', { ...session, 'Acct-Status-Type': 'Start' })).toContain(
        'Accounting-Response',
      )
      const moved = {
        'Acct-Input-Octets': '4294967295',
        'Acct-Input-Gigawords': '1',
        'Acct-Output-Octets': '77',
      }
      await radclient('acct', {
        ...session,
        ...moved,
        'Acct-Status-Type': 'Interim-Update',
        'Acct-Session-Time': '5',
      })
      const stop = {
        'Acct-Status-Type': 'Stop',
        'Acct-Terminate-Cause': 'User-Request',
        'Acct-Session-Time': '9',
      }
      await radclient('acct', { ...session, ...moved, ...stop })
      const { items } = await api<{ items: Record<string, unknown>[] }>('/sessions?active=false')
      expect(items.find((item) => item.acctSessionId === 'rc-0001')).toMatchObject({
        inputOctets: '8589934591',
        outputOctets: '77',
        terminateCause: 'User-Request',
      })
      const guests = await api<{ items: { visitCount: number; phone: string }[] }>('/guests?q=8004')
      expect(guests.items).toMatchObject([{ visitCount: 1, phone: '138****8004' }])
    }, 30_000)

    it('is told on both ports that the server is alive', async () => {
      for (const port of [ports.auth, ports.acct])
        expect(await radclient('status', { 'Message-Authenticator': '0x00' }, port)).toMatch(
          /Access-Accept|Accounting-Response/,
        )
    })

    it('is not answered with a wrong secret', async () => {
      const words = `User-Name = "x", User-Password = "y", Message-Authenticator = 0x00`
      const answer = await run(
        `echo '${words}' | radclient -x -r 1 -t 1 127.0.0.1:${ports.auth} auth wrong-secret 2>&1 || true`,
      )
      expect(answer).toContain('No reply')
    }, 15_000)

    it('that asks by EAP, which is not offered, is told no at once', async () => {
      const network = 'network={\nkey_mgmt=IEEE8021X\neap=MD5\nidentity="alice"\npassword="wonderland"\n}\n'
      const answer = await run(
        `eapol_test -c <(printf '${network}') -a 127.0.0.1 -p ${ports.auth} -s ${secret} -t 5 -r 0 2>&1 || true`,
      )
      expect(answer).toContain('code=3 (Access-Reject)')
      expect(answer).toMatch(/FAILURE\s*$/)
    }, 15_000)

    type Request = Record<string, string>
    async function radclient(kind: 'auth' | 'acct' | 'status', attributes: Request, port?: number) {
      const quoted = new Set([
        'User-Name',
        'User-Password',
        'CHAP-Password',
        'NAS-Identifier',
        'Calling-Station-Id',
        'Acct-Session-Id',
      ])
      const words = Object.entries(attributes).map(
        ([name, value]) => `${name} = ${quoted.has(name) ? `"${value}"` : value}`,
      )
      if (kind === 'auth') words.push('Message-Authenticator = 0x00')
      const to = port ?? (kind === 'acct' ? ports.acct : ports.auth)
      return run(
        `echo '${words.join(', ')}' | radclient -x -r 1 -t 3 127.0.0.1:${to} ${kind} ${secret} 2>&1 || true`,
      )
    }

    async function api<T>(path: string): Promise<T> {
      const answer = await fetch(`${base}/api/v1${path}`, { headers: { authorization: `Bearer ${apiKey}` } })
      expect(answer.status).toBe(200)
      return (await answer.json()) as T
    }

    const signIn = (phone: string, mac: string) => signInByPhone(base, apiKey, phone, mac)
  },
)
