import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { signalFamily } from '../support/processes.ts'
import { pause, Service } from '../support/service.ts'
import { type SystemPostgres, startSystemPostgres } from '../support/system-postgres.ts'
import { Traffic, type TrafficFigures } from '../support/traffic.ts'

export type KillOptions = {
  rounds?: number
  packetsPerSecond?: number
  databases?: ('embedded' | 'system')[]
  /** Whose end it is: the product's, or all processes of PostgreSQL at once. */
  victims?: ('server' | 'postgres')[]
  /** Two rounds only: shows that it runs. */
  quick?: boolean
  log?: (line: string) => void
}
export type KillFigures = TrafficFigures & { rounds: number; worstBackMs: number }

/**
 * kill -9 of the process, or of PostgreSQL, while access points report and ask, again and again: whatever was
 * acknowledged must be on file and nothing else, every answer must be right, and service must return soon.
 */
export async function run(options: KillOptions = {}): Promise<Record<string, KillFigures>> {
  const {
    databases = ['embedded', 'system'],
    victims = ['server', 'postgres'],
    log: say = () => {},
  } = options
  const figures: Record<string, KillFigures> = {}
  for (const kind of databases) {
    const system = kind === 'system' ? await startSystemPostgres() : undefined
    if (kind === 'system' && !system) {
      say('No PostgreSQL of the system: apt-get install postgresql, or set DATABASE_URL.')
      continue
    }
    const name = system ? `PostgreSQL ${system.version}` : 'embedded'
    try {
      const { rounds = options.quick ? 2 : 10, packetsPerSecond = 300 } = options
      for (const victim of victims) {
        if (victim === 'postgres' && system && system.pid() === undefined) continue
        const key = `${name}, ${victim} killed`
        figures[key] = await onDatabase(system, victim, { rounds, packetsPerSecond, say })
        say(`${key}: ${JSON.stringify(figures[key])}`)
      }
    } finally {
      await system?.close()
    }
  }
  return figures
}

type Asked = { rounds: number; packetsPerSecond: number; say: (line: string) => void }

async function onDatabase(
  system: SystemPostgres | undefined,
  victim: 'server' | 'postgres',
  asked: Asked,
): Promise<KillFigures> {
  const service = await Service.prepare(system ? { DATABASE_URL: await system.newDatabase() } : {})
  try {
    await service.begin()
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 2 })
    const { packetsPerSecond } = asked
    const traffic = await Traffic.open(db, { ports: service.ports, packetsPerSecond })
    const back: number[] = []
    for (let round = 1; round <= asked.rounds; round++) {
      await pause(1500 + Math.random() * 1000)
      const from = performance.now()
      if (victim === 'server') {
        await service.end('SIGKILL')
        await service.begin()
      } else {
        signalFamily(system?.pid() ?? service.postgresPid, 'SIGKILL')
        await pause(700)
        system?.restart()
        while (!(await service.isReady())) {
          if (performance.now() - from > 60_000) throw new Error(`it did not come back:\n${service.output}`)
          await pause(25)
        }
      }
      back.push(performance.now() - from)
      asked.say(`round ${round}: ready again after ${Math.round(back.at(-1) ?? 0)} ms`)
    }
    await pause(1000)
    await service.spoolDrained()
    // A fresh connection: the old ones may have died with a database that was restarted.
    await db.close()
    const fresh = connect({ url: service.databaseUrl, max: 2 })
    const figures = await traffic.close(fresh)
    await fresh.close()
    if (service.child?.exitCode !== null) throw new Error(`the product ended:\n${service.output}`)
    return { rounds: asked.rounds, worstBackMs: Math.round(Math.max(...back)), ...figures }
  } finally {
    await service.close()
  }
}
