import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

export type Port = { kind: 'TCP' | 'UDP'; host: string; port: number; variable: string }

/** Tries each port and gives it back; a sentence for each that can not be had. */
export async function portProblems(ports: Port[]): Promise<string[]> {
  const told = await Promise.all(
    ports.map(async (port) => {
      try {
        await (port.kind === 'TCP' ? tryTcp(port) : tryUdp(port))
        return undefined
      } catch (error) {
        return portProblem(port, error)
      }
    }),
  )
  return told.filter((line) => line !== undefined)
}

/** Why a port can not be had, and what to do. */
export function portProblem({ kind, host, port, variable }: Port, error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? ''
  const why: Record<string, string> = {
    EADDRINUSE: `is in use by another program. Stop that one, or set ${variable} to another port.`,
    EACCES: `may not be opened by this account. Set ${variable} to a port above 1023, or give the right to open low ports.`,
    EADDRNOTAVAIL: `can not be opened: this machine has no address ${host}. Change HOST.`,
    ENOTFOUND: `can not be opened: the name ${host} is not known. Change HOST.`,
  }
  return `${kind} port ${port} on ${host} ${why[code] ?? `can not be opened (${code}). Change ${variable} or HOST.`}`
}

const tryTcp = ({ host, port }: Port) =>
  new Promise<void>((done, failed) => {
    const server = createServer().once('error', failed)
    server.listen({ host, port }, () => server.close(() => done()))
  })

const tryUdp = ({ host, port }: Port) =>
  new Promise<void>((done, failed) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').once('error', (error) => {
      socket.close()
      failed(error)
    })
    socket.bind(port, host, () => socket.close(() => done()))
  })
