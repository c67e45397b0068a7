import type { Logger } from 'pino'
import { faultOf } from './log.ts'

/** What was opened, closed again in reverse. */
export class Closers {
  #closers: { name: string; close: () => Promise<void> }[] = []

  add(name: string, close: () => Promise<void>) {
    this.#closers.push({ name, close })
  }

  /** Closes all, each whatever became of the others. */
  async close(log: Logger): Promise<void> {
    for (const { name, close } of this.#closers.splice(0).reverse()) {
      try {
        await close()
        log.debug({ part: name }, 'Closed.')
      } catch (error) {
        log.error({ part: name, ...faultOf(error) }, 'A part did not close cleanly.')
      }
    }
  }
}

/** A terminal sends Ctrl-C to npm and to us, and npm passes it on: what comes so soon is the same one. */
const echoMs = 1000

/**
 * SIGTERM and Ctrl-C drain; a second Ctrl-C ends at once. What nobody caught is told and ends the process too, with 1:
 * its state is not to be trusted.
 * @param stop drains; must not reject.
 */
export function whenToldToEnd(log: Logger, stop: () => Promise<void>, deadlineMs: number) {
  let stoppingSince: number | undefined
  const end = (code: number) => {
    if (stoppingSince !== undefined) return
    stoppingSince = Date.now()
    setTimeout(() => {
      log.warn('Not all was finished in time; ending.')
      process.exit(code)
    }, deadlineMs).unref()
    void stop().then(() => process.exit(code))
  }
  process.on('SIGTERM', () => end(0))
  process.on('SIGINT', () => {
    if (stoppingSince !== undefined && Date.now() - stoppingSince > echoMs) process.exit(130)
    end(0)
  })
  const fault = (error: unknown) => {
    log.fatal(faultOf(error), 'A fault that nobody caught; ending.')
    end(1)
  }
  process.on('uncaughtException', fault)
  process.on('unhandledRejection', fault)
}
