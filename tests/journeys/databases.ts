import { afterAll, beforeAll, describe, it } from 'vitest'
import { Service } from '../support/service.ts'
import { installedPostgres, type SystemPostgres, startSystemPostgres } from '../support/system-postgres.ts'

/** Begins the product, in processes of its own, on a database that is empty. */
export type Start = (env?: Record<string, string>) => Promise<Service>

/**
 * The same journey on the database that npm brings and on one of the system. Where the system has none it is skipped
 * by name; with REQUIRE_PEERS=1 that is a failure.
 */
export function onBothDatabases(title: string, journey: (start: Start) => void) {
  describe(`${title}, on the embedded database`, () => {
    const started = new Set<Service>()
    afterAll(() => closeAll(started))
    journey(async (env) => keep(started, await Service.start(env)))
  })
  if (!process.env.DATABASE_URL && !installedPostgres()) return withoutSystemPostgres(title)
  describe(`${title}, on a PostgreSQL of the system`, () => {
    const started = new Set<Service>()
    let system: SystemPostgres | undefined
    beforeAll(async () => {
      system = await startSystemPostgres()
    })
    afterAll(async () => {
      await closeAll(started)
      await system?.close()
    })
    journey(async (env) => {
      if (!system) throw new Error('no PostgreSQL of the system')
      return keep(started, await Service.start({ DATABASE_URL: await system.newDatabase(), ...env }))
    })
  })
}

function withoutSystemPostgres(title: string) {
  const reason = 'needs a PostgreSQL: apt-get install postgresql, or set DATABASE_URL'
  describe(`${title}, on a PostgreSQL of the system (${reason})`, () => {
    if (process.env.REQUIRE_PEERS === '1')
      it('has a PostgreSQL to run on', () => {
        throw new Error(reason)
      })
    else it.skip('is skipped', () => {})
  })
}

function keep(started: Set<Service>, service: Service): Service {
  started.add(service)
  return service
}

async function closeAll(started: Set<Service>) {
  for (const service of started) await service.close()
}
