import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { compress } from 'hono/compress'
import type { JobHandlers } from '../db/jobs.ts'
import { arriveRoutes, noSuchPlace } from './arrive.tsx'
import { capportRoutes } from './capport.ts'
import { faultPage } from './fault.tsx'
import { hookRoutes } from './hooks.ts'
import { formMaxOctets, rememberPublicHost } from './http.ts'
import { balanceNotices } from './jobs/balance-notice.ts'
import { sendMessage } from './jobs/send-message.ts'
import { createMessenger } from './messengers/index.ts'
import { myDataRoutes } from './my-data.tsx'
import type { Deps, Log, PortalConfig, Room } from './place.ts'
import { previewRoutes } from './preview.tsx'
import { signInRoutes } from './sign-in.tsx'

export type { Deps, Log, PortalConfig }

export type Portal = {
  app: Hono
  jobs: Pick<JobHandlers, 'message.send' | 'balance.notice'>
  close(): Promise<void>
}

/** What a guest meets: /s, /capport, /me, /hooks, and the job that sends texts. */
export function createPortal(deps: Deps): Portal {
  const room: Room = {
    ...deps,
    now: deps.now ?? (() => new Date()),
    messenger: createMessenger(deps.config.messenger, deps.config.publicUrl),
  }
  // Told when it is first needed; a wrong setting is config.ts's to refuse at start.
  room.messenger.catch((error: unknown) =>
    deps.log.error({ problem: String(error) }, 'The messenger can not be used.'),
  )
  const app = new Hono()
  app.use(compress())
  app.use(async (c, next) => {
    rememberPublicHost(c, deps.config.publicUrl)
    await next()
    if (deps.config.publicUrl?.startsWith('https://'))
      c.header('strict-transport-security', 'max-age=31536000')
  })
  app.use(bodyLimit({ maxSize: formMaxOctets, onError: (c) => c.body(null, 413) }))
  arriveRoutes(app, room)
  signInRoutes(app, room)
  capportRoutes(app, room)
  myDataRoutes(app, room)
  previewRoutes(app, room)
  hookRoutes(app, room)
  app.notFound(noSuchPlace)
  app.onError((error, c) => {
    deps.log.error(
      { path: c.req.routePath, name: error.name, problem: safeText(error) },
      'A guest page failed.',
    )
    return faultPage(c)
  })
  return {
    app,
    jobs: {
      'message.send': sendMessage({ db: deps.db, messenger: room.messenger }),
      'balance.notice': balanceNotices({ db: deps.db, now: room.now }),
    },
    close: async () => {},
  }
}

/** Where it broke, without what it broke on: texts of database errors repeat values. */
function safeText(error: Error): string {
  const code = (error as { code?: unknown }).code ?? (error.cause as { code?: unknown } | undefined)?.code
  const frame = error.stack?.split('\n').find((line) => line.includes('at ')) ?? ''
  return `${typeof code === 'string' ? code : ''} ${frame.trim()}`.trim()
}
