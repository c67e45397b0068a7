import { createSocket } from 'node:dgram'
import { createRadius, type Radius } from '../../radius/index.ts'
import { VirtualNas } from '../../radius/virtual-nas.ts'
import { freshDatabase, type TestDatabase } from '../support/database.ts'
import type { Shop } from '../support/people.ts'

export type RadiusHouse = TestDatabase & {
  readonly radius: Radius
  ports: { auth: number; acct: number }
  /** Closes the wing and opens it anew on the same ports and ledger. */
  restart(): Promise<void>
}

/** The RADIUS wing on free ports of loopback with a ledger of its own. */
export async function radiusHouse(
  more: Partial<Parameters<typeof createRadius>[0]> = {},
): Promise<RadiusHouse> {
  const database = await freshDatabase()
  const ports = { auth: await freeUdpPort(), acct: await freeUdpPort() }
  const open = async () => {
    const radius = createRadius({
      db: database.db,
      config: {
        host: '127.0.0.1',
        authPort: ports.auth,
        acctPort: ports.acct,
        secretMin: 8,
        radsec: undefined,
      },
      onError: (error) => console.error(error),
      disconnectWaitsMs: [200, 200],
      ...more,
    })
    await radius.listen()
    return radius
  }
  let radius = await open()
  return {
    ...database,
    get radius() {
      return radius
    },
    ports,
    restart: async () => {
      await radius.close()
      radius = await open()
    },
    close: async () => {
      await radius.close()
      await database.close()
    },
  }
}

export async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4')
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', () => done()))
  const { port } = socket.address()
  await new Promise<void>((done) => socket.close(() => done()))
  return port
}

/** An access point of this shop. */
export const nasOf = (
  house: RadiusHouse,
  shop: Shop,
  more: { address?: string; secret?: string; nasIdentifier?: string } = {},
) =>
  VirtualNas.open({
    server: '127.0.0.1',
    authPort: house.ports.auth,
    acctPort: house.ports.acct,
    secret: more.secret ?? shop.secret,
    timeoutMs: 700,
    tries: 2,
    ...(more.address ? { address: more.address } : shop.nas.address ? { address: shop.nas.address } : {}),
    ...(more.nasIdentifier ? { nasIdentifier: more.nasIdentifier } : {}),
  })

/** Sends raw octets and gives the first answer, or undefined. */
export async function sendRaw(
  bytes: Uint8Array,
  port: number,
  options: { address?: string; waitMs?: number } = {},
): Promise<Buffer | undefined> {
  const socket = createSocket('udp4')
  await new Promise<void>((done) => socket.bind(0, options.address ?? '127.0.0.1', () => done()))
  try {
    return await new Promise((done) => {
      socket.once('message', (answer) => done(Buffer.from(answer)))
      socket.send(bytes, port, '127.0.0.1')
      setTimeout(() => done(undefined), options.waitMs ?? 300)
    })
  } finally {
    socket.close()
  }
}
