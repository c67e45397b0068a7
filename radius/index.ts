import type { Config } from '../config.ts'
import { closeStaleSessions, noteDisconnect, sessionToEnd } from '../db/access/sessions.ts'
import type { Db } from '../db/index.ts'
import type { JobHandlers } from '../db/jobs.ts'
import { Counters } from './counters.ts'
import { retryWaitsMs, sendDisconnect } from './disconnect.ts'
import { createAccess } from './handlers/access.ts'
import { createAccounting } from './handlers/accounting.ts'
import { Health } from './health.ts'
import { Neighbours } from './neighbours.ts'
import { RadiusServer } from './server.ts'

export type Radius = {
  /** Binds both ports. Rejects where a port is taken. */
  listen(): Promise<void>
  close(): Promise<void>
  jobs: Pick<JobHandlers, 'radius.disconnect' | 'sessions.close-stale'>
  stats(): Record<string, number>
  /** Writes what was heard of each NAS now; tests need not wait. */
  flush(): Promise<void>
}

/** The wing that access points meet. */
export function createRadius(deps: {
  db: Db
  config: Config['radius']
  onError?: (error: unknown) => void
  /** Waits between tries of a Disconnect-Request, for tests that can not wait 30 s. */
  disconnectWaitsMs?: number[]
}): Radius {
  const { db, config } = deps
  const onError = deps.onError ?? (() => {})
  const counters = new Counters()
  const neighbours = new Neighbours(db, onError)
  const health = new Health(db, onError)
  const access = createAccess(db)
  const accounting = createAccounting(db)
  let recording: ReturnType<typeof watchRecording> | undefined
  const server = new RadiusServer({
    neighbours,
    health,
    counters,
    access,
    accounting,
    canRecord: () => recording?.canRecord() ?? false,
    onError,
  })

  return {
    listen: async () => {
      recording = watchRecording(db)
      await neighbours.open()
      await server.listen('auth', config.host, config.authPort)
      await server.listen('acct', config.host, config.acctPort)
    },
    close: async () => {
      recording?.close()
      await server.close()
      await neighbours.close()
      await health.close()
    },
    flush: () => health.flush(),
    jobs: {
      'radius.disconnect': ({ merchantId, sessionId }) => disconnect(merchantId, sessionId),
      'sessions.close-stale': async () => void (await closeStaleSessions(db, new Date())),
    },
    stats: () => ({
      ...counters.all(),
      'auth.waiting': access.waiting(),
      'acct.waiting': accounting.waiting(),
    }),
  }

  /** Load, call, record. A NAS without an address of its own can not be reached; that is said, not hidden. */
  async function disconnect(merchantId: string, sessionId: string): Promise<void> {
    const session = await sessionToEnd(db, merchantId, sessionId)
    if (!session) return
    await neighbours.reload()
    const nas = neighbours.find(session.nasId)
    const secret = nas?.secrets[0]
    const answer =
      nas?.address && secret
        ? await sendDisconnect(
            {
              address: nas.address,
              port: nas.coaPort,
              secret,
              nasIdentifier: nas.nasIdentifier,
              gateway: nas.gateway,
            },
            session,
            { waitsMs: deps.disconnectWaitsMs ?? retryWaitsMs() },
          )
        : { outcome: 'unanswered' as const }
    await noteDisconnect(db, { merchantId, sessionId, ...answer, at: new Date() })
  }
}

/** Asks the database every second whether it can be written to. */
function watchRecording(db: Db) {
  let able = true
  let asking = false
  const timer = setInterval(async () => {
    if (asking) return
    asking = true
    const late = new Promise<false>((done) => setTimeout(() => done(false), 1500).unref())
    const asked = db.sql`select pg_is_in_recovery() as standby`.then(
      ([row]) => row?.standby === false,
      () => false,
    )
    able = await Promise.race([asked, late])
    asking = false
  }, 1000)
  timer.unref()
  return { canRecord: () => able, close: () => clearInterval(timer) }
}
