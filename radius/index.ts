import type { Config } from '../config.ts'
import { forgetAdmissionNews } from '../db/access/admission-news.ts'
import { admissionsInUse } from '../db/access/admit.ts'
import { settleAllMetered } from '../db/access/metering.ts'
import { closeStaleSessions } from '../db/access/sessions.ts'
import { keepStatistics } from '../db/access/statistics.ts'
import type { Db } from '../db/index.ts'
import type { JobHandlers } from '../db/jobs.ts'
import { Admitted } from './admitted.ts'
import { Answers } from './answers.ts'
import { Counters } from './counters.ts'
import { createDynamic } from './dynamic/dynamic.ts'
import { createFolding } from './folding.ts'
import { createAccess } from './handlers/access.ts'
import { createAccounting } from './handlers/accounting.ts'
import { Health } from './health.ts'
import { Neighbours } from './neighbours.ts'
import { Outage } from './outage.ts'
import { Radsec, type RadsecLimits } from './radsec/radsec.ts'
import { createRecorder, spoolFormat } from './recorder.ts'
import { RadiusServer } from './server.ts'
import { type NasFigures, Sight } from './sight.ts'
import { Spool } from './spool.ts'

export type Radius = {
  /** Binds the ports. Rejects where a port is taken. */
  listen(): Promise<void>
  close(): Promise<void>
  jobs: Pick<
    JobHandlers,
    | 'radius.disconnect'
    | 'radius.change-limits'
    | 'sessions.close-stale'
    | 'sessions.meter'
    | 'admissions.forget-news'
  >
  stats(): Record<string, number>
  /** What became of the packets of each NAS. */
  figures(): NasFigures[]
  /** False while accounting is neither written to the ledger nor kept on disk. */
  canRecord(): boolean
  /** Octets of accounting on disk that wait for the ledger. */
  spooledOctets(): number
  /** Writes what was heard of each NAS now; tests need not wait. */
  flush(): Promise<void>
  /** Reads the certificate files anew; open connections stay. */
  rereadCertificates(): void
}

/** The wing that access points meet. */
export function createRadius(deps: {
  db: Db
  config: Omit<Config['radius'], 'radsec'> & Partial<Pick<Config['radius'], 'radsec'>>
  onError?: (error: unknown) => void
  /** A good certificate that no gateway is registered with: its fingerprint and names. */
  onStranger?: (names: readonly string[]) => void
  /** Waits between tries of a Disconnect- or CoA-Request, for tests that can not wait 30 s. */
  disconnectWaitsMs?: number[]
  /** Folder that keeps accounting while the ledger is away; without one it is left unanswered until it is back. */
  spoolDir?: string
  /** Other processes bind the same ports, and the kernel shares the sources out. */
  sharePorts?: boolean
  radsecLimits?: Partial<RadsecLimits>
}): Radius {
  const { db, config } = deps
  const onError = deps.onError ?? (() => {})
  const counters = new Counters()
  const neighbours = new Neighbours(db, onError)
  const health = new Health(db, onError)
  const sight = new Sight(db, onError)
  const outage = new Outage(db)
  const admitted = new Admitted()
  const spool = deps.spoolDir === undefined ? undefined : new Spool(deps.spoolDir, spoolFormat)
  const written = keepStatistics(db, onError)
  const folding = createFolding({ db, outage, onError })
  const recorder = createRecorder({ db, outage, spool, folding, written, onError })
  const access = createAccess({ db, outage, admitted, written })
  const accounting = createAccounting(recorder, health)
  const parts = { neighbours, health, sight, counters, access, accounting, recorder, onError }
  const server = new RadiusServer(parts)
  const strangers = new Set<string>()
  let radsec: Radsec | undefined
  const dynamic = createDynamic({
    db,
    neighbours,
    wayTo: (nasId) => radsec?.wayTo(nasId),
    host: config.host,
    waitsMs: deps.disconnectWaitsMs,
  })

  return {
    listen: async () => {
      outage.open()
      await neighbours.open()
      const online = await admissionsInUse(db, new Date(), warmUp).catch((error) => {
        onError(error)
        return []
      })
      for (const { admission, ...asking } of online) admitted.keep(asking, admission)
      folding.doubt()
      const shared = { shared: deps.sharePorts ?? false }
      await server.listen('auth', config.host, config.authPort, shared)
      await server.listen('acct', config.host, config.acctPort, shared)
      if (config.radsec) {
        radsec = new Radsec(
          { ...config.radsec, host: config.host },
          { ...parts, answers: new Answers(parts), onStranger },
          deps.radsecLimits,
        )
        await radsec.listen()
      }
    },
    close: async () => {
      await Promise.all([server.close(), radsec?.close()])
      folding.close()
      outage.close()
      await spool?.close()
      // A ledger that does not answer must not keep us from ending.
      await Promise.race([
        Promise.all([neighbours.close(), health.close(), sight.close()]),
        new Promise((done) => setTimeout(done, 2000).unref()),
      ])
    },
    flush: async () => {
      await Promise.all([health.flush(), sight.flush()])
    },
    figures: () => sight.figures(),
    rereadCertificates: () => radsec?.reread(),
    canRecord: recorder.canRecord,
    spooledOctets: () => spool?.octets ?? 0,
    jobs: {
      'radius.disconnect': dynamic.disconnect,
      'radius.change-limits': dynamic.changeLimits,
      'sessions.close-stale': async () => void (await closeStaleSessions(db, new Date())),
      'sessions.meter': () => settleAllMetered(db, new Date()),
      'admissions.forget-news': () => forgetAdmissionNews(db),
    },
    stats: () => ({
      ...counters.all(),
      'auth.waiting': access.waiting(),
      'acct.waiting': recorder.waiting(),
      'acct.unfolded': folding.waiting(),
    }),
  }

  /** Once each: a gateway that is refused tries again every few seconds. */
  function onStranger(names: readonly string[]) {
    const [fingerprint = ''] = names
    if (strangers.has(fingerprint) || strangers.size >= 1000) return
    strangers.add(fingerprint)
    deps.onStranger?.(names)
  }
}

/** Devices online at the start that are known in advance, should the ledger go away. */
const warmUp = 20_000
