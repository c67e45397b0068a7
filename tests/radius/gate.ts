import { createServer, type Server, Socket } from 'node:net'

/** A gate before PostgreSQL: open, shut (connections are cut and refused), or silent (nothing comes through). */
export class Gate {
  readonly #server: Server
  readonly #pairs = new Set<[Socket, Socket]>()
  #state: 'open' | 'shut' | 'silent' = 'open'

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(url: string): Promise<{ gate: Gate; url: string }> {
    const target = new URL(url)
    const server = createServer()
    const gate = new Gate(server)
    server.on('connection', (near) => {
      if (gate.#state === 'shut') return near.destroy()
      const far = new Socket().connect(Number(target.port), target.hostname)
      const pair: [Socket, Socket] = [near, far]
      gate.#pairs.add(pair)
      const end = () => {
        gate.#pairs.delete(pair)
        near.destroy()
        far.destroy()
      }
      for (const [from, to] of [pair, [far, near]] as const) {
        from.on('data', (bytes) => to.write(bytes))
        from.on('error', end)
        from.on('close', end)
        if (gate.#state === 'silent') from.pause()
      }
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()))
    const address = server.address()
    const through = new URL(url)
    // The Unix socket would lead past it.
    through.searchParams.delete('host')
    through.hostname = '127.0.0.1'
    through.port = String(typeof address === 'object' ? address?.port : 0)
    return { gate, url: through.href }
  }

  set(state: 'open' | 'shut' | 'silent') {
    this.#state = state
    for (const pair of this.#pairs)
      for (const socket of pair) {
        if (state === 'shut') socket.destroy()
        else if (state === 'silent') socket.pause()
        else socket.resume()
      }
  }

  close() {
    this.set('shut')
    this.#server.close()
  }
}
