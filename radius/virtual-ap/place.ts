import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { networkInterfaces } from 'node:os'
import type { Config } from '../../config.ts'
import type { Ctx } from '../../db/context.ts'
import { type Db, transaction } from '../../db/index.ts'
import { listNas, type Nas, nasSecrets } from '../../db/network/nas.ts'
import { loadKnownNas } from '../../db/network/nas-lookup.ts'
import { findSiteBySlug, type Site } from '../../db/network/sites.ts'

export type Place = {
  ctx: Ctx
  site: Site
  nas: Nas
  secrets: { secret: string; portalSecret: string | undefined }
  /** Address our packets come from; the server finds the gateway by it or by its NAS-Identifier. */
  source: string
  /** Address the server answers RADIUS on. */
  server: string
}

/**
 * Which registered gateway of a site can be spoken for from this machine: one registered with an address of this
 * machine, or one known by its NAS-Identifier alone. None is ever registered in secret. Throws a sentence.
 */
export async function findPlace(db: Db, config: Config, slug: string, now: Date): Promise<Place> {
  const found = await findSiteBySlug(db, slug)
  if (!found) throw new Error(`There is no site ${slug}.`)
  const { site, merchant } = found
  const ctx: Ctx = { db, merchantId: merchant.id, actor: { kind: 'job', name: 'virtual-ap' }, now }
  const registered = (await transaction(ctx, (tx) => listNas(tx, ctx, site.id))).filter(
    (nas) => nas.gateway === 'uam',
  )
  const nas =
    registered.find((one) => one.address && isOwn(one.address)) ?? registered.find((one) => !one.address)
  if (!nas) throw new Error(noneToSpeakFor(slug, registered))
  const source = nas.address ?? (await sourceOfNobody(db))
  const { host } = config.radius
  return {
    ctx,
    site,
    nas,
    source,
    server: host === '0.0.0.0' || host === '::' ? source : host,
    secrets: await transaction(ctx, (tx) => nasSecrets(tx, ctx, nas.id)),
  }
}

function noneToSpeakFor(slug: string, registered: Nas[]): string {
  const add = `npm run --silent doorman -- nas add --site ${slug} --gateway uam --nas-address 127.0.0.1 --nas-secret <secret>`
  if (registered.length === 0)
    return `The site ${slug} has no gateway that speaks RADIUS (uam). Register one for this machine: ${add}`
  const elsewhere = registered.map((nas) => nas.address).join(', ')
  return `The gateways of ${slug} are at ${elsewhere}, and nobody else may speak for them. Register one for this machine: ${add}`
}

const isOwn = (address: string) =>
  /^127\./.test(address) ||
  Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === address))

/** A loopback address no gateway is registered with: there the NAS-Identifier decides. */
async function sourceOfNobody(db: Db): Promise<string> {
  const taken = new Set((await loadKnownNas(db)).map((nas) => nas.address))
  if (!taken.has('127.0.0.1')) return '127.0.0.1'
  for (let tries = 0; tries < 100; tries++) {
    const address = `127.${randomInt(1, 255)}.${randomInt(1, 255)}.${randomInt(1, 255)}`
    if (!taken.has(address) && (await canBind(address))) return address
  }
  throw new Error('This machine has no loopback address left to speak from.')
}

const canBind = (address: string) =>
  new Promise<boolean>((done) => {
    const socket = createSocket('udp4').once('error', () => done(false))
    socket.bind(0, address, () => socket.close(() => done(true)))
  })

/** Where the pages are: the public address where it answers from here, else this machine's own. Throws a sentence. */
export async function findPages(config: Config, say: (line: string) => void): Promise<string> {
  const { host, port, publicUrl } = config.http
  const near = `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`
  if (publicUrl && (await isThere(publicUrl))) return publicUrl
  if (!(await isThere(near)))
    throw new Error(`Doorman does not answer at ${publicUrl ?? near}. Start it first: npm start`)
  if (publicUrl) say(`${publicUrl} does not answer from here; using ${near}.`)
  return near
}

async function isThere(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5000) })).ok
  } catch {
    return false
  }
}
