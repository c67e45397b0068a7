import { createSocket } from 'node:dgram'
import { connect } from '../../../db/index.ts'
import { initKeys } from '../../../db/values/keys.ts'
import { Counters } from '../../../radius/counters.ts'
import { Health } from '../../../radius/health.ts'
import { Neighbours } from '../../../radius/neighbours.ts'
import { RadiusServer, type ServerParts } from '../../../radius/server.ts'
import { Sight } from '../../../radius/sight.ts'
import { benchSecretKey } from './house.ts'

/**
 * What this runtime can do at all, as a process of its own: `echo` sends every datagram back as it is; `memory` is the
 * product's own server, which decodes, verifies, remembers and signs, with a yes for everybody in the place of the ledger.
 */
const { BENCH_URL = '', BENCH_AUTH_PORT, BENCH_LIMIT } = process.env
if (BENCH_LIMIT === 'echo') {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: 8 << 20,
    sendBufferSize: 4 << 20,
    lookup: (name, _options, found) => found(null, name, 4),
  })
  socket.on('message', (bytes, from) => socket.send(bytes, from.port, from.address))
  await new Promise<void>((done) => socket.bind(Number(BENCH_AUTH_PORT), '127.0.0.1', done))
} else {
  initKeys(Buffer.from(benchSecretKey))
  const db = connect({ url: BENCH_URL })
  const onError = (error: unknown) => console.error(error)
  const neighbours = new Neighbours(db, onError)
  await neighbours.open()
  const admission = {
    grantId: 'grt_00000000000000000000000000',
    endsAtMs: Date.now() + 86_400_000,
    sessionTimeoutSeconds: 86_400,
    idleTimeoutSeconds: null,
    bandwidthUpBps: null,
    bandwidthDownBps: null,
    octetsLeft: null,
  }
  const idle = async () => {}
  const parts: ServerParts = {
    neighbours,
    health: new Health(db, onError),
    sight: new Sight(db, onError),
    counters: new Counters(),
    access: {
      handle: (_packet, _nas, _secret, tell) => tell({ how: 'accept', admission }),
      waiting: () => 0,
      idle,
    },
    // The accounting port is not opened.
    accounting: { handle: (_packet, _nas, _at, tell) => tell('no-room') },
    recorder: {
      record: (_record, tell) => tell('no-room'),
      restart: (_restart, tell) => tell('no-room'),
      canRecord: () => false,
      drain: async () => 0,
      waiting: () => 0,
      idle,
    },
    onError,
  }
  await new RadiusServer(parts).listen('auth', '127.0.0.1', Number(BENCH_AUTH_PORT))
}
console.log('ready')
process.once('SIGTERM', () => process.exit(0))
