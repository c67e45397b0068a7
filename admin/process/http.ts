import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'

type Answer = (request: Request, env: object) => Response | Promise<Response>
export type HttpServer = {
  listen(): Promise<void>
  /** Takes no more, lets what is under way finish for `graceMs`, then hangs up. */
  close(graceMs: number): Promise<void>
}

/**
 * The one HTTP server. Times: a request must be here within 30 s, its head within 10; a silent connection ends after
 * two minutes (live pages say something more often); between requests one waits 15 s.
 */
export function createHttp(options: { host: string; port: number; answer: Answer }): HttpServer {
  const server = createAdaptorServer({
    fetch: options.answer,
    hostname: options.host,
    serverOptions: {
      requestTimeout: 30_000,
      headersTimeout: 10_000,
      keepAliveTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      maxHeaderSize: 16_384,
    },
  }) as Server
  server.timeout = 120_000
  return {
    listen: () =>
      new Promise((done, failed) => {
        server.once('error', failed)
        server.listen({ host: options.host, port: options.port }, () => {
          server.off('error', failed)
          done()
        })
      }),
    close: async (graceMs) => {
      if (!server.listening) return
      const closed = new Promise<void>((done) => server.close(() => done()))
      // A browser keeps its connection for the next page: each is let go as soon as its answer is out.
      const idle = setInterval(() => server.closeIdleConnections(), 50)
      const late = setTimeout(() => server.closeAllConnections(), graceMs)
      await closed
      clearInterval(idle)
      clearTimeout(late)
    },
  }
}
