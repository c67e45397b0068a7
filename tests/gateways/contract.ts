import { describe, expect, test } from 'vitest'
import type { ArrivalRequest, Gateway, NasSecrets, Opening } from '../../portal/gateways/gateway.ts'
import { isOwnHost } from '../../portal/release.ts'

/** What an adapter must bring to be judged: real redirects and how to spoil them. */
export type GatewayFixture = {
  gateway: Gateway
  secrets: NasSecrets
  /** A redirect as captured or built by the published rules; expected to be read. */
  captured: { name: string; url: string; deviceMac: string; news: string; trust: 'signed' | 'claimed' }[]
  /** The same kind of redirect with this device in it. */
  withMac(mac: string): string
  /** The same redirect with a gateway address of the guest's choosing. */
  withHost(host: string): string
  credential?: Opening['credential']
  /** Cases this family can not have, with the reason. */
  skip?: Partial<Record<'signature', string>>
}

export const asRequest = (url: string): ArrivalRequest => ({ urls: [url], query: new URL(url).searchParams })

/** The same cases for every family. */
export function gatewayContract(fixture: GatewayFixture) {
  const { gateway, secrets } = fixture
  const opening = (handle: Record<string, string>, tries = 0): Opening => ({
    handle,
    tries,
    secrets,
    returnUrl: 'https://portal.example.com/s/tea?a=x',
    ...(fixture.credential ? { credential: fixture.credential } : {}),
  })

  describe(`gateway family ${gateway.family}`, () => {
    for (const sample of fixture.captured)
      test(`reads ${sample.name}`, () => {
        const reading = gateway.readArrival(asRequest(sample.url), secrets)
        expect(gateway.recognises(new URL(sample.url).searchParams)).toBe(true)
        expect(reading).toMatchObject({
          ok: true,
          arrival: { deviceMac: sample.deviceMac, news: sample.news, trust: sample.trust },
        })
      })

    test.each([
      '',
      'x',
      'AA-BB-CC-DD-EE',
      '00-00-00-00-00-00',
      'ff:ff:ff:ff:ff:ff',
      "aa'bb",
      '<b>',
      'AA-BB-CC-DD-EE-FF-00',
    ])('refuses the device address %j', (mac) =>
      expect(gateway.readArrival(asRequest(fixture.withMac(mac)), secrets).ok).toBe(false),
    )

    test('never throws, whatever the bytes', () => {
      const first = fixture.captured[0]?.url ?? ''
      for (let cut = 0; cut < first.length; cut += 7)
        for (const text of [
          first.slice(0, cut),
          `${first.slice(0, cut)}%00%ff${first.slice(cut)}`,
          first + first.slice(cut),
        ]) {
          const query = new URLSearchParams(text.split('?').slice(1).join('?'))
          expect(() => gateway.readArrival({ urls: [text], query }, secrets)).not.toThrow()
        }
    })

    test('never takes an unsigned redirect for a signed one', () => {
      const unsigned = gateway.readArrival(asRequest(fixture.withMac('aa:bb:cc:dd:ee:01')), {
        secret: 'x'.repeat(16),
        portalSecret: 'another secret',
      })
      expect(unsigned.ok && unsigned.arrival.trust === 'signed').toBe(false)
    })

    test('sends the browser to the gateway that sent it, and nowhere else', async () => {
      for (const sample of fixture.captured) {
        const reading = gateway.readArrival(asRequest(sample.url), secrets)
        if (!reading.ok) throw new Error('unreadable')
        const release = await gateway.release(opening(reading.arrival.handle))
        if (release.how !== 'redirect') continue
        expect(release.to.protocol).toBe('http:')
        expect(isOwnHost(release.to, { address: null, trust: 'claimed' })).toBe(true)
      }
    })

    test.each([
      '198.51.100.7',
      '169.254.169.254',
      'evil.example',
      '10.0.0.1@evil.example',
      '127.0.0.1',
      '0.0.0.0',
      '[::1]',
      '2130706433',
    ])('does not send the browser to %s', async (host) => {
      const reading = gateway.readArrival(asRequest(fixture.withHost(host)), { secret: secrets.secret })
      if (!reading.ok) return
      const release = await gateway.release(opening(reading.arrival.handle))
      if (release.how === 'redirect')
        expect(isOwnHost(release.to, { address: null, trust: 'claimed' })).toBe(false)
    })

    test('says so when what it needs for the way back is gone', async () => {
      await expect(gateway.release(opening({}))).rejects.toMatchObject({
        code: 'handle-incomplete',
        permanent: true,
      })
    })

    test.skipIf(fixture.skip?.signature)('refuses a redirect changed after it was signed', () => {
      const sample = fixture.captured.find((one) => one.trust === 'signed')
      if (!sample) throw new Error('no signed sample')
      for (let at = sample.url.indexOf('?') + 1; at < sample.url.length; at++) {
        const digit = sample.url[at] === '1' ? '2' : '1'
        const changed = sample.url.slice(0, at) + digit + sample.url.slice(at + 1)
        if (changed.toUpperCase() === sample.url.toUpperCase()) continue
        expect(gateway.readArrival(asRequest(changed), secrets).ok).toBe(false)
      }
    })
  })
}
