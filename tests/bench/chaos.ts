import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { type ChaosFigures, playChaos } from '../radius/chaos.ts'
import { Service } from '../support/service.ts'

/** 10,000 scripted sessions through a network that loses 20 %, repeats 10 % and disorders: 0 octets off. */
export async function run(options: { quick: boolean; log?: (line: string) => void }): Promise<ChaosFigures> {
  const { log = () => {} } = options
  const service = await Service.start()
  try {
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 4 })
    try {
      const sessions = options.quick ? 500 : 10_000
      return await playChaos(
        { db, acctPort: service.ports.acct },
        { sessions, seed: 20261125, nases: 12, log },
      )
    } finally {
      await db.close()
    }
  } finally {
    await service.close()
  }
}
