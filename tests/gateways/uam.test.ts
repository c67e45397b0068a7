import { describe, expect, test } from 'vitest'
import { chapResponse, effectiveChallenge, md, papPassword, uam } from '../../portal/gateways/uam.ts'
import { asRequest, gatewayContract } from './contract.ts'

const base = 'https://portal.example.com/uam'
const redirect = (query: string, secret = 'uamsecret1') =>
  `${base}?${query}&md=${md(`${base}?${query}`, secret)}`
const query =
  'res=notyet&uamip=10.1.0.1&uamport=3990&challenge=5b1d296db7826a655411dcd83ee25154&called=00-11-22-33-44-55&mac=AA-BB-CC-DD-EE-FF&ip=10.1.0.2&nasid=nas01&sessionid=5e6792ce00000006&userurl=http%3a%2f%2fcaptive.apple.com%2fhotspot-detect.html'
const published =
  'https://portal.example.com/s/fonlo?res=notyet&uamip=192.168.182.1&uamport=3660&challenge=5b1d296db7826a655411dcd83ee25154&called=94-83-C4-01-42-27&mac=5C-1D-D9-20-A0-C1&ip=192.168.182.64&nasid=fonlo&sessionid=5e6792ce00000006&userurl=http%3a%2f%2fcaptive.apple.com%2fhotspot-detect.html'
const secrets = { secret: 'radius-secret-1', portalSecret: 'uamsecret1' }

gatewayContract({
  gateway: uam,
  secrets,
  credential: { userName: 'g-abc', secret: 'guest-pass-123' },
  captured: [
    {
      name: 'a signed redirect',
      url: redirect(query),
      deviceMac: 'aabbccddeeff',
      news: 'captured',
      trust: 'signed',
    },
    ...[
      'failed&reason=reject',
      'failed&reason=other',
      'failed&reason=timeout',
      'success',
      'already',
      'logoff',
    ].map((res) => ({
      name: `the return with res=${res}`,
      url: redirect(query.replace('notyet', res)),
      deviceMac: 'aabbccddeeff',
      news: res.startsWith('failed')
        ? res.endsWith('timeout')
          ? 'timed-out'
          : 'refused'
        : res === 'logoff'
          ? 'left'
          : 'online',
      trust: 'signed' as const,
    })),
  ],
  withMac: (mac) => redirect(query.replace('AA-BB-CC-DD-EE-FF', encodeURIComponent(mac))),
  withHost: (host) => `${base}?${query.replace('10.1.0.1', encodeURIComponent(host))}`,
})

describe('the published values of UAM', () => {
  const mixed = effectiveChallenge('5b1d296db7826a655411dcd83ee25154', 'uamsecret1')
  const plain = effectiveChallenge('5b1d296db7826a655411dcd83ee25154', undefined)

  test('challenge, CHAP and PAP come out byte for byte', () => {
    expect(mixed.toString('hex')).toBe('5bb1b0f70b775498aed7dabe639a4987')
    expect(chapResponse('guest-pass-123', mixed)).toBe('03c0a46799ee34871e716aa9b9e92d85')
    expect(papPassword('guest-pass-123', mixed)).toBe('3cc4d5847f5a24f9dda4f78f51a9')
    expect(papPassword('this-is-a-long-password-0123456789', mixed)).toBe(
      '2fd9d984261e27b5cffab6d10dfd64f73ac2c380640530b59ee6e88d57af7fb06388',
    )
    expect(chapResponse('guest-pass-123', plain)).toBe('4186da804d3e68cd4af37704ab10add6')
    expect(papPassword('guest-pass-123', plain)).toBe('3c684c1ec3af1a042762f1e90cd1')
  })

  test('md comes out byte for byte', () => {
    expect(md(`${base}?${query}`, 'uamsecret1')).toBe('F76E537BC78DD721F1280C85531E58D5')
  })

  test('the captured redirect of a real gateway is read', () => {
    const reading = uam.readArrival(asRequest(published), { secret: 'radius-secret-1' })
    expect(reading).toMatchObject({
      ok: true,
      arrival: {
        nas: { identifier: 'fonlo', mac: '9483c4014227' },
        deviceMac: '5c1dd920a0c1',
        deviceIp: '192.168.182.64',
        wantedUrl: 'http://captive.apple.com/hotspot-detect.html',
        handle: { uamip: '192.168.182.1', uamport: '3660', challenge: '5b1d296db7826a655411dcd83ee25154' },
      },
    })
  })

  test('a gateway that does not sign is refused where a secret is set', () => {
    expect(uam.readArrival(asRequest(published), secrets)).toEqual({ ok: false, reason: 'bad-signature' })
  })

  test('the hash may be over the configured address while a proxy shows another one', () => {
    const seen = redirect(query).replace('https://portal.example.com', 'http://127.0.0.1:8080')
    const request = { urls: [seen, redirect(query)], query: new URL(seen).searchParams }
    expect(uam.readArrival(request, secrets).ok).toBe(true)
  })

  test('a doubled parameter is refused', () => {
    expect(
      uam.readArrival(asRequest(`${base}?${query}&mac=AA-BB-CC-DD-EE-01`), { secret: 'radius-secret-1' }).ok,
    ).toBe(false)
  })

  test('the browser answers by CHAP, then by PAP, and in plain text without a challenge', async () => {
    const handle = { uamip: '10.1.0.1', uamport: '3990', challenge: '5b1d296db7826a655411dcd83ee25154' }
    const credential = { userName: 'g-abc', secret: 'guest-pass-123' }
    const to = async (tries: number, from: Record<string, string> = handle) => {
      const release = await uam.release({
        handle: from,
        tries,
        credential,
        secrets,
        returnUrl: 'https://x.example/',
      })
      return release.how === 'redirect' ? release.to.href : ''
    }
    expect(await to(0)).toBe(
      'http://10.1.0.1:3990/logon?username=g-abc&response=03c0a46799ee34871e716aa9b9e92d85',
    )
    expect(await to(1)).toBe(
      'http://10.1.0.1:3990/logon?username=g-abc&password=3cc4d5847f5a24f9dda4f78f51a9',
    )
    const { challenge: _, ...bare } = handle
    expect(await to(0, bare)).toBe('http://10.1.0.1:3990/logon?username=g-abc&password=guest-pass-123')
  })
})
