import { createHash, randomBytes } from 'node:crypto'
import { terminateCauses } from '../dictionary/rfc2866.ts'
import type { Packet } from '../packet.ts'
import type { VirtualNas } from '../virtual-nas.ts'

export type GatewaySettings = {
  /** The splash page of the site: http://…/s/teahouse. */
  splashUrl: string
  nasIdentifier: string | null
  /** The uamsecret: then redirects are signed and challenges mixed with it. */
  portalSecret: string | undefined
}

/** One device in our network, as the gateway sees it. */
export type Station = { mac: string; ip: string; challenge: string; sessionId: string }

/** Where the gateway listens for phones of its own network (CoovaChilli's usual). */
const uam = { ip: '10.1.0.1', port: '3990' }

/** What CoovaChilli does between a phone, the portal and RADIUS. After coova-chilli e0c7d7a, src/redir.c. */
export class Gateway {
  readonly #settings: GatewaySettings
  readonly #nas: VirtualNas

  constructor(settings: GatewaySettings, nas: VirtualNas) {
    this.#settings = settings
    this.#nas = nas
  }

  meet(mac: string, ip: string): Station {
    return {
      mac,
      ip,
      challenge: randomBytes(16).toString('hex'),
      sessionId: randomBytes(8).toString('hex'),
    }
  }

  /** The address a phone is sent to. `md` is always last: MD5 over the text before it and the uamsecret. */
  redirect(station: Station, news: { res: string; reason?: string } = { res: 'notyet' }): string {
    const { splashUrl, nasIdentifier, portalSecret } = this.#settings
    const query = new URLSearchParams({
      ...news,
      uamip: uam.ip,
      uamport: uam.port,
      challenge: station.challenge,
      called: '02-00-5E-00-53-01',
      mac: station.mac,
      ip: station.ip,
      ...(nasIdentifier ? { nasid: nasIdentifier } : {}),
      sessionid: station.sessionId,
      userurl: 'http://example.com/',
    })
    const url = `${splashUrl}?${query}`
    return portalSecret ? `${url}&md=${md5(url, portalSecret).toString('hex').toUpperCase()}` : url
  }

  /** The phone is back at `/logon` with an answer to our challenge; RADIUS decides. undefined: no answer. */
  async logon(station: Station, address: string): Promise<Packet | undefined> {
    const url = new URL(address)
    if (url.hostname !== uam.ip || url.port !== uam.port || url.pathname !== '/logon')
      throw new Error(`the page leads to ${url.host}${url.pathname}, not back to the gateway`)
    const userName = url.searchParams.get('username') ?? ''
    const response = url.searchParams.get('response')
    const password = url.searchParams.get('password')
    const asking = { userName, callingStationId: station.mac, framedIpAddress: station.ip }
    if (response) {
      const chap = { identifier: 0, response: Buffer.from(response, 'hex'), challenge: this.#mixed(station) }
      return this.#nas.authenticate({ ...asking, method: 'chap', chap })
    }
    if (password === null) throw new Error('the page hands over neither password nor response')
    return this.#nas.authenticate({ ...asking, method: 'pap', password: this.#reveal(station, password) })
  }

  report(
    station: Station,
    accepted: { userName: string; class: Uint8Array | undefined },
    news: { status: 'Start' | 'Interim-Update' | 'Stop'; seconds: number; cause?: string },
  ): Promise<boolean> {
    const cause = Object.entries(terminateCauses).find(([, word]) => word === news.cause)?.[0]
    return this.#nas.account({
      status: news.status,
      acctSessionId: station.sessionId,
      callingStationId: station.mac,
      framedIpAddress: station.ip,
      userName: accepted.userName,
      ...(accepted.class ? { class: accepted.class } : {}),
      ...(news.status === 'Start' ? {} : used(news.seconds)),
      ...(cause ? { terminateCause: Number(cause) } : {}),
    })
  }

  #mixed({ challenge }: Station): Buffer {
    const raw = Buffer.from(challenge, 'hex')
    return this.#settings.portalSecret ? md5(raw, this.#settings.portalSecret) : raw
  }

  #reveal(station: Station, hidden: string): string {
    const mixed = this.#mixed(station)
    const bytes = Buffer.from(hidden, 'hex').map((byte, index) => byte ^ (mixed[index % mixed.length] ?? 0))
    return Buffer.from(bytes).toString()
  }
}

/** Somebody who reads news: 40 kB/s down, a tenth of it up. */
const used = (seconds: number) => ({
  sessionTimeSeconds: Math.round(seconds),
  inputOctets: BigInt(Math.round(seconds * 4_000)),
  outputOctets: BigInt(Math.round(seconds * 40_000)),
})

const md5 = (...parts: (string | Buffer)[]) => {
  const hash = createHash('md5')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
