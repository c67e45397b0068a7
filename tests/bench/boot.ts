import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { type BootFigures, bootTown } from '../radius/town.ts'
import { Service } from '../support/service.ts'

/** 3,000 access points that boot at once (RFC 5080 §2.2.1): all answered within 30 s, and rightly. */
export async function run(options: { quick?: boolean }): Promise<BootFigures> {
  const service = await Service.start()
  try {
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 4 })
    try {
      return await bootTown({ db, ports: service.ports }, options.quick ? 500 : 3000)
    } finally {
      await db.close()
    }
  } finally {
    await service.close()
  }
}
