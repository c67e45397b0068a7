import type { Config } from '../config.ts'
import { admissionsInUse } from '../db/access/admit.ts'
import { closeStaleSessions, noteDisconnect, sessionToEnd } from '../db/access/sessions.ts'
import type { Db } from '../db/index.ts'
import type { JobHandlers } from '../db/jobs.ts'
import { Admitted } from './admitted.ts'
import { Counters } from './counters.ts'
import { retryWaitsMs, sendDisconnect } from './disconnect.ts'
import { createAccess } from './handlers/access.ts'
import { createAccounting } from './handlers/accounting.ts'
import { Health } from './health.ts'
import { Neighbours } from './neighbours.ts'
import { Outage } from './outage.ts'
import { createRecorder, spoolFormat } from './recorder.ts'
import { RadiusServer } from './server.ts'
import { Spool } from './spool.ts'

export type Radius = {
  /** Binds both ports. Rejects where a port is taken. */
  listen(): Promise<void>
  close(): Promise<void>
  jobs: Pick<JobHandlers, 'radius.disconnect' | 'sessions.close-stale'>
  stats(): Record<string, number>
  /** Octets of accounting on disk that wait for the ledger. */
  spooledOctets(): number
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
  /** Folder that keeps accounting while the ledger is away; without one it is left unanswered until it is back. */
  spoolDir?: string
  /** Other processes bind the same ports, and the kernel shares the sources out. */
  sharePorts?: boolean
}): Radius {
  const { db, config } = deps
  const onError = deps.onError ?? (() => {})
  const counters = new Counters()
  const neighbours = new Neighbours(db, onError)
  const health = new Health(db, onError)
  const outage = new Outage(db)
  const admitted = new Admitted()
  const spool = deps.spoolDir === undefined ? undefined : new Spool(deps.spoolDir, spoolFormat)
  const recorder = createRecorder({ db, outage, spool, onError })
  const access = createAccess({ db, outage, admitted })
  const accounting = createAccounting(recorder, health)
  const server = new RadiusServer({ neighbours, health, counters, access, accounting, recorder, onError })

  return {
    listen: async () => {
      outage.open()
      await neighbours.open()
      for (const { admission, ...asking } of await admissionsInUse(db, new Date(), warmUp))
        admitted.keep(asking, admission)
      const shared = { shared: deps.sharePorts ?? false }
      await server.listen('auth', config.host, config.authPort, shared)
      await server.listen('acct', config.host, config.acctPort, shared)
      // What a former run could not write. It is not waited for: packets are answered meanwhile.
      void recorder.drain().catch(onError)
    },
    close: async () => {
      await server.close()
      outage.close()
      await spool?.close()
      await neighbours.close()
      await health.close()
    },
    flush: () => health.flush(),
    spooledOctets: () => spool?.octets ?? 0,
    jobs: {
      'radius.disconnect': ({ merchantId, sessionId }) => disconnect(merchantId, sessionId),
      'sessions.close-stale': async () => void (await closeStaleSessions(db, new Date())),
    },
    stats: () => ({
      ...counters.all(),
      'auth.waiting': access.waiting(),
      'acct.waiting': recorder.waiting(),
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

/** Devices online at the start that are known in advance, should the ledger go away. */
const warmUp = 20_000
