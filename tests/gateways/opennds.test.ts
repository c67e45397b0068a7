import { describe, expect, test } from 'vitest'
import { opennds, rhid } from '../../portal/gateways/opennds.ts'
import { asRequest, gatewayContract } from './contract.ts'

const text =
  'hid=e71681ae3e5eaf9d034e1b2af7f2064a9d511a58331d16923ed25badf3a720da, clientip=192.168.50.10, clientmac=aa:bb:cc:dd:ee:ff, client_type=cpd_can, gatewayname=openNDS%20Node%3ae4956e4d641c%20, gatewayurl=http%3a%2f%2fstatus.client, version=9.10.0, gatewayaddress=192.168.50.1:2050, gatewaymac=e4956e4d641c, originurl=http%3a%2f%2fcaptive.apple.com%2fhotspot-detect.html, clientif=wlan0, themespec=(null), (null)(null)(null)(null)'
const published =
  'aGlkPWU3MTY4MWFlM2U1ZWFmOWQwMzRlMWIyYWY3ZjIwNjRhOWQ1MTFhNTgzMzFkMTY5MjNlZDI1YmFkZjNhNzIwZGEsIGNsaWVudGlwPTE5Mi4xNjguNTAuMTAsIGNsaWVudG1hYz1hYTpiYjpjYzpkZDplZTpmZiwgY2xpZW50X3R5cGU9Y3BkX2NhbiwgZ2F0ZXdheW5hbWU9b3Blbk5EUyUyME5vZGUlM2FlNDk1NmU0ZDY0MWMlMjAsIGdhdGV3YXl1cmw9aHR0cCUzYSUyZiUyZnN0YXR1cy5jbGllbnQsIHZlcnNpb249OS4xMC4wLCBnYXRld2F5YWRkcmVzcz0xOTIuMTY4LjUwLjE6MjA1MCwgZ2F0ZXdheW1hYz1lNDk1NmU0ZDY0MWMsIG9yaWdpbnVybD1odHRwJTNhJTJmJTJmY2FwdGl2ZS5hcHBsZS5jb20lMmZob3RzcG90LWRldGVjdC5odG1sLCBjbGllbnRpZj13bGFuMCwgdGhlbWVzcGVjPShudWxsKSwgKG51bGwpKG51bGwpKG51bGwpKG51bGwp'
/** openNDS puts base64 into the address as it is: + / = unencoded. */
const redirect = (list: string) =>
  `http://portal.example.com:8080/s/tea?fas=${Buffer.from(list).toString('base64')}`
const secrets = { secret: '1234567890' }

gatewayContract({
  gateway: opennds,
  secrets,
  captured: [
    {
      name: 'a level 1 redirect',
      url: redirect(text),
      deviceMac: 'aabbccddeeff',
      news: 'captured',
      trust: 'claimed',
    },
    {
      name: 'somebody who is through already',
      url: `${redirect(text)}&status=authenticated`,
      deviceMac: 'aabbccddeeff',
      news: 'online',
      trust: 'claimed',
    },
    {
      name: 'a name whose base64 holds a plus',
      url: redirect(text.replace('openNDS%20Node', '>>>???~~~')),
      deviceMac: 'aabbccddeeff',
      news: 'captured',
      trust: 'claimed',
    },
  ],
  withMac: (mac) => redirect(text.replace('aa:bb:cc:dd:ee:ff', mac)),
  withHost: (host) => redirect(text.replace('192.168.50.1:2050', `${host}:2050`)),
  skip: {
    signature:
      'level 1 signs nothing on the way to the portal; the gateway checks hid and faskey on the way back',
  },
})

describe('the published values of openNDS', () => {
  test('the redirect text is the published base64', () => {
    expect(Buffer.from(text).toString('base64')).toBe(published)
    const reading = opennds.readArrival(asRequest(`http://p.example/s/tea?fas=${published}`), secrets)
    expect(reading).toMatchObject({
      ok: true,
      arrival: {
        nas: { identifier: 'openNDS Node:e4956e4d641c', mac: 'e4956e4d641c' },
        deviceIp: '192.168.50.10',
        wantedUrl: 'http://captive.apple.com/hotspot-detect.html',
        handle: { gatewayaddress: '192.168.50.1:2050' },
      },
    })
  })

  test('hid and faskey give the published tok', () => {
    expect(rhid('e71681ae3e5eaf9d034e1b2af7f2064a9d511a58331d16923ed25badf3a720da', '1234567890')).toBe(
      '1eb1238ba7e186d74a28c546f65a24cd434921d64ed8f1ed7b8d18226f3310ed',
    )
  })

  test('the way back carries tok and redir, with the slash the gateway wants', async () => {
    const reading = opennds.readArrival(asRequest(redirect(text)), secrets)
    if (!reading.ok) throw new Error('unreadable')
    const release = await opennds.release({
      handle: reading.arrival.handle,
      tries: 0,
      secrets,
      returnUrl: 'https://portal.example.com/s/tea?a=arr_1',
    })
    expect(release.how === 'redirect' && release.to.href).toBe(
      'http://192.168.50.1:2050/opennds_auth/?tok=1eb1238ba7e186d74a28c546f65a24cd434921d64ed8f1ed7b8d18226f3310ed&redir=https%3A%2F%2Fportal.example.com%2Fs%2Ftea%3Fa%3Darr_1',
    )
  })

  test('a list with a field twice is refused', () => {
    expect(opennds.readArrival(asRequest(redirect(`${text}, clientmac=aa:bb:cc:dd:ee:01`)), secrets).ok).toBe(
      false,
    )
  })
})
