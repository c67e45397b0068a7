import type { Nas } from '../../db/network/nas.ts'
import { VirtualNas } from '../virtual-nas.ts'
import { Gateway } from './gateway.ts'
import { type Guest, type Method, type Online, signIn } from './guest.ts'
import { makeGuests } from './people.ts'
import type { Place } from './place.ts'

export type RunResult = { guests: number; online: number; failed: number; medianToOnlineMs: number | null }
export type RunOptions = {
  guests: number
  method: Method
  /** How long each stays; Ctrl-C lets all go at once. */
  leaveAfterSeconds: number
  /** One comes every so often; undefined: as many at once as a door lets in. */
  everySeconds?: number | undefined
  pagesUrl: string
  ports: { authPort: number; acctPort: number }
  codeFor(phone: string): Promise<string | undefined>
  say(line: string): void
  /** Ends the stay of everybody. */
  stop: AbortSignal
}

/** Guests who come through the door at the same time. */
const doorWidth = 8

/** Leads guests through the real pages and real RADIUS, keeps them for a while, and lets them go. */
export async function runVirtualAp(place: Place, options: RunOptions): Promise<RunResult> {
  const nas = await VirtualNas.open({
    server: place.server,
    address: place.source,
    secret: place.secrets.secret,
    ...options.ports,
    ...(place.nas.nasIdentifier ? { nasIdentifier: place.nas.nasIdentifier } : {}),
  })
  const gateway = new Gateway(
    {
      splashUrl: `${options.pagesUrl}/s/${place.site.slug}`,
      nasIdentifier: place.nas.nasIdentifier,
      portalSecret: place.secrets.portalSecret,
    },
    nas,
  )
  const stays = new Map<string, AbortController>()
  const ears = await listenForDisconnects(nas, place.nas, options.say, (id) => {
    stays.get(id)?.abort('Admin-Reset')
    return stays.has(id)
  })
  try {
    return await everybody(makeGuests(options.guests, place.site.country), gateway, stays, options)
  } finally {
    ears?.close()
    nas.close()
  }
}

async function everybody(
  guests: Guest[],
  gateway: Gateway,
  stays: Map<string, AbortController>,
  options: RunOptions,
): Promise<RunResult> {
  const waiting = [...guests]
  const tookMs: number[] = []
  const leaving: Promise<void>[] = []
  let failed = 0
  const visit = async (guest: Guest) => {
    const say = (line: string) => options.say(`${guest.name}: ${line}`)
    const from = performance.now()
    try {
      say('at the door; sent to the splash page')
      const online = await signIn(guest, { ...options, gateway, say })
      const ms = performance.now() - from
      if (!(await gateway.report(online.station, online.accepted, { status: 'Start', seconds: 0 })))
        throw new Error('Accounting Start was not acknowledged')
      tookMs.push(ms)
      say(`online after ${Math.round(ms)} ms`)
      leaving.push(stay(online, gateway, stays, { ...options, say }).catch((error) => fail(say, error)))
    } catch (error) {
      fail(say, error)
    }
  }
  const oneAfterTheOther = async () => {
    for (let guest = waiting.shift(); guest && !options.stop.aborted; guest = waiting.shift()) {
      await visit(guest)
      if (options.everySeconds && waiting.length) await pause(options.everySeconds, options.stop)
    }
  }
  const fail = (say: (line: string) => void, error: unknown) => {
    failed++
    say(`failed: ${reasonOf(error)}`)
  }
  await Promise.all(Array.from({ length: options.everySeconds ? 1 : doorWidth }, oneAfterTheOther))
  await Promise.all(leaving)
  return { guests: guests.length, online: tookMs.length, failed, medianToOnlineMs: median(tookMs) }
}

/** The session from Start to Stop: interim reports as the server asked for them, one at least. */
async function stay(
  { station, accepted, interimSeconds, sessionTimeoutSeconds = Number.POSITIVE_INFINITY }: Online,
  gateway: Gateway,
  stays: Map<string, AbortController>,
  options: RunOptions,
) {
  const { leaveAfterSeconds, say } = options
  const stop = new AbortController()
  stays.set(station.sessionId, stop)
  options.stop.addEventListener('abort', () => stop.abort('User-Request'))
  if (options.stop.aborted) stop.abort('User-Request')
  const seconds = Math.min(leaveAfterSeconds, sessionTimeoutSeconds)
  const from = performance.now()
  const passed = () => (performance.now() - from) / 1000
  let next = Math.min(interimSeconds, seconds / 2)
  while (passed() < seconds && !stop.signal.aborted) {
    await pause(Math.min(next, seconds) - passed(), stop.signal)
    if (stop.signal.aborted || passed() >= seconds) break
    await gateway.report(station, accepted, { status: 'Interim-Update', seconds: passed() })
    next += interimSeconds
  }
  stays.delete(station.sessionId)
  const own = sessionTimeoutSeconds <= leaveAfterSeconds ? 'Session-Timeout' : 'User-Request'
  const cause = stop.signal.aborted ? String(stop.signal.reason) : own
  if (!(await gateway.report(station, accepted, { status: 'Stop', seconds: passed(), cause })))
    throw new Error('Accounting Stop was not acknowledged')
  say(cause === 'Admin-Reset' ? 'put out by a Disconnect-Request' : 'gone')
}

/** A gateway can be told to put a guest out while it runs; where its port is another's, that is said. */
async function listenForDisconnects(
  nas: VirtualNas,
  { coaPort }: Nas,
  say: (line: string) => void,
  end: (acctSessionId: string) => boolean,
) {
  try {
    return await nas.answerDisconnects(coaPort, end)
  } catch {
    say(`UDP port ${coaPort} is taken, so Disconnect-Requests will not be heard.`)
    return undefined
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const { code } = (cause ?? {}) as { code?: string }
  return code ? `${message} (${code})` : message
}

function median(values: number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  return middle === undefined ? null : Math.round(middle)
}

const pause = (seconds: number, stop: AbortSignal) =>
  new Promise<void>((done) => {
    if (stop.aborted) return done()
    const timer = setTimeout(done, Math.max(0, seconds * 1000))
    stop.addEventListener('abort', () => {
      clearTimeout(timer)
      done()
    })
  })
