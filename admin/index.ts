import { join } from 'node:path'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import type { Db } from '../db/index.ts'
import type { AdminDeps } from './api/handler.ts'
import { handlers } from './api/index.ts'
import { type Auth, createAuth } from './auth.ts'
import type { AdminConfig, Log } from './config.ts'
import { bodyMaxOctets, faultOf, refuse } from './http.ts'
import { mountApi } from './mount.ts'
import { apiDescription } from './openapi.ts'
import { mountPanel } from './panel.ts'

export type { AdminConfig }
export type Admin = { app: Hono; auth: Auth; close(): Promise<void> }

/** What a merchant meets: the panel under /admin/, its API under /api/v1/, sign-in under /api/auth/. */
export function createAdmin(options: { db: Db; config: AdminConfig; log: Log; now?: () => Date }): Admin {
  const { db, config, log, now = () => new Date() } = options
  const auth = createAuth({ db, config, log, now })
  const deps: AdminDeps = { db, config, log, now, auth }
  const app = new Hono()
  app.use(compress())
  if (config.publicUrl?.startsWith('https://'))
    app.use(async (c, next) => {
      await next()
      c.header('strict-transport-security', 'max-age=31536000')
    })
  app.use(bodyLimit({ maxSize: bodyMaxOctets, onError: (c) => refuse(c, 413, 'request.too-large') }))
  app.all('/api/auth/*', (c) => auth.handle(c))
  app.get('/api/v1/openapi.json', (c) => c.json(apiDescription(config)))
  mountApi(app, handlers, deps)
  app.all('/api/*', (c) => refuse(c, 404, 'request.not-found'))
  mountPanel(app, join(import.meta.dirname, 'ui', 'dist'))
  app.notFound((c) => refuse(c, 404, 'request.not-found'))
  app.onError((error, c) => {
    log.error({ path: c.req.routePath, ...faultOf(error) }, 'A request to the panel failed.')
    return refuse(c, 500, 'request.failed')
  })
  return { app, auth, close: async () => {} }
}
