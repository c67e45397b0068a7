import type { Hono } from 'hono'
import { noSuchPlace } from './arrive.tsx'
import { page } from './http.ts'
import { placeOf, type Room } from './place.ts'
import { showSplash } from './show.tsx'
import { parseLocale } from './splash/words/index.ts'

/**
 * The splash page to look at, for the panel's drawing of a phone: no arrival, nothing of any guest, nothing written.
 * The only page of ours that may stand in a frame, and only in one of our own.
 */
export function previewRoutes(app: Hono, room: Room) {
  app.get('/s/:slug/preview', async (c) => {
    const place = await placeOf(room, c, c.req.param('slug'))
    if (!place) return noSuchPlace(c)
    const locale = parseLocale(c.req.query('lang')) ?? place.locale
    const response = page(c, await showSplash({ ...place, locale }))
    const policy = response.headers.get('content-security-policy') ?? ''
    response.headers.set('x-frame-options', 'SAMEORIGIN')
    response.headers.set(
      'content-security-policy',
      policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'"),
    )
    return response
  })
}
