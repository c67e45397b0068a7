import { connect } from '../../../db/index.ts'
import { initKeys } from '../../../db/values/keys.ts'
import { createRadius } from '../../../radius/index.ts'
import { benchSecretKey } from './house.ts'

/** The product's RADIUS wing as a process of its own, as `ROLE=radius` runs it. */
const { BENCH_URL = '', BENCH_AUTH_PORT, BENCH_ACCT_PORT, BENCH_SHARED } = process.env
initKeys(Buffer.from(benchSecretKey))
const db = connect({ url: BENCH_URL })
const radius = createRadius({
  db,
  config: {
    host: '127.0.0.1',
    authPort: Number(BENCH_AUTH_PORT),
    acctPort: Number(BENCH_ACCT_PORT),
    secretMin: 8,
    radsec: undefined,
  },
  sharePorts: BENCH_SHARED === '1',
  onError: (error) => console.error(error),
})
await radius.listen()
console.log('ready')
process.once('SIGTERM', async () => {
  if (process.env.BENCH_STATS) console.error(JSON.stringify(radius.stats()))
  await radius.close()
  await db.close()
  process.exit(0)
})
