import type { Hono } from 'hono'
import { applyReceipt } from '../db/crm/messages.ts'
import type { Room } from './place.ts'

/** Signed calls of message providers. Answers say nothing about what we hold. */
export function hookRoutes(app: Hono, room: Room) {
  app.post('/hooks/:provider/status', async (c) => {
    const messenger = await room.messenger
    if (messenger.name !== c.req.param('provider') || !messenger.readReport) return c.body(null, 404)
    const { pathname, search, origin } = new URL(c.req.url)
    const publicUrl = room.config.publicUrl?.replace(/\/$/, '')
    const report = messenger.readReport({
      urls: [publicUrl ?? origin].map((one) => `${one}${pathname}${search}`),
      signature: c.req.header('x-twilio-signature') ?? c.req.header('x-doorman-signature'),
      form: new URLSearchParams(await c.req.text()),
    })
    if (report === 'unsigned') {
      room.log.warn({ provider: messenger.name }, 'A delivery report without a right signature was refused.')
      return c.body(null, 403)
    }
    if (report !== 'unclear')
      await applyReceipt(room.db, { provider: messenger.name, at: room.now(), ...report })
    return c.body(null, 204)
  })
}
