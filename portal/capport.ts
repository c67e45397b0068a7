import type { Context, Hono } from 'hono'
import { onlineUntil } from '../db/access/arrivals.ts'
import { parseMac } from '../db/values/mac.ts'
import { noSuchPlace } from './arrive.tsx'
import { requestIp } from './http.ts'
import { type Place, placeOf, type Room } from './place.ts'
import { parseWindow } from './window.ts'

/**
 * RFC 8908: tells a device whether it is captive. Which device, by its own address in `mac` (a gateway's DHCP can write
 * it there), by its arrival, or by where the request comes from. A venue behind one address can not be told apart: then
 * 'not captive' as soon as one guest is through, because a phone that is told 'captive' for ever leaves the network,
 * while one told 'free' still tests by itself.
 */
export function capportRoutes(app: Hono, room: Room) {
  app.get('/capport/:slug', async (c) => {
    const place = await placeOf(room, c, c.req.param('slug'))
    if (!place) return noSuchPlace(c)
    const mac = parseMac(c.req.query('mac'))
    const arrivalId = parseWindow(c.req.query('a'))?.arrivalId
    const peerIp = requestIp(c, room.config.trustedProxies ?? [])
    const online = await onlineUntil(place.ctx, { siteId: place.site.id, mac, arrivalId, peerIp })
    return answer(c, place, online)
  })
}

function answer(c: Context, place: Place, online: Awaited<ReturnType<typeof onlineUntil>>) {
  const { endsAt, octetsLeft } = online
  c.header('content-type', 'application/captive+json')
  c.header('cache-control', 'private, no-store')
  c.header('x-content-type-options', 'nosniff')
  const portal = {
    'user-portal-url': `${place.origin}${place.base}`,
    'venue-info-url': `${place.origin}${place.base}/terms`,
  }
  if (!endsAt) return c.body(JSON.stringify({ captive: true, ...portal }))
  const seconds = Math.floor((endsAt.getTime() - place.ctx.now.getTime()) / 1000)
  return c.body(
    JSON.stringify({
      captive: false,
      ...portal,
      'can-extend-session': false,
      'seconds-remaining': seconds,
      ...(octetsLeft === undefined ? {} : { 'bytes-remaining': Number(octetsLeft) }),
    }),
  )
}
