import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** A TCP port of loopback that is free now. */
export const freeTcpPort = () =>
  new Promise<number>((done, failed) => {
    const probe = createServer().once('error', failed)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => done(port))
    })
  })

/** A UDP port of loopback that is free now. */
export const freeUdpPort = () =>
  new Promise<number>((done, failed) => {
    const probe = createSocket('udp4').once('error', failed)
    probe.bind(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => done(port))
    })
  })
