import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { signalFamily } from '../support/processes.ts'
import { pause, Service } from '../support/service.ts'
import { Traffic, type TrafficFigures } from '../support/traffic.ts'

export type HangFigures = TrafficFigures & {
  secondsHanging: number
  acknowledgedHanging: number
  unansweredHanging: number
  /** Longest that /healthz took to answer while it hung: the event loop lives. */
  worstHealthMs: number
  readyAfterMs: number
}

/** All processes of PostgreSQL stopped (SIGSTOP) for half a minute: connections neither answer nor break. */
export async function run(options: {
  quick?: boolean
  seconds?: number
  log?: (line: string) => void
}): Promise<HangFigures> {
  const { quick = false, seconds = quick ? 6 : 30 } = options
  const service = await Service.start()
  try {
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 2 })
    const traffic = await Traffic.open(db, { ports: service.ports, packetsPerSecond: 300 })
    await pause(1500)
    const postgres = service.postgresPid
    const { acknowledged, unanswered } = traffic
    signalFamily(postgres, 'SIGSTOP')
    let worstHealthMs = 0
    try {
      for (const end = performance.now() + seconds * 1000; performance.now() < end; await pause(200)) {
        const from = performance.now()
        await fetch(`${service.url}/healthz`, { signal: AbortSignal.timeout(5000) }).catch(() => {})
        worstHealthMs = Math.max(worstHealthMs, Math.round(performance.now() - from))
      }
    } finally {
      signalFamily(postgres, 'SIGCONT')
    }
    const hung = {
      acknowledgedHanging: traffic.acknowledged - acknowledged,
      unansweredHanging: traffic.unanswered - unanswered,
    }
    const from = performance.now()
    while (!(await service.isReady())) await pause(25)
    const readyAfterMs = Math.round(performance.now() - from)
    await pause(1000)
    await service.spoolDrained()
    const figures = await traffic.close(db)
    await db.close()
    return { secondsHanging: seconds, ...hung, worstHealthMs, readyAfterMs, ...figures }
  } finally {
    await service.close()
  }
}
