import { limitsOfRunning, noteLimitsChange } from '../../db/access/limits.ts'
import { noteDisconnect, type RequestOutcome, sessionToEnd } from '../../db/access/sessions.ts'
import type { Db } from '../../db/index.ts'
import { codes } from '../dictionary/index.ts'
import type { Neighbour, Neighbours } from '../neighbours.ts'
import type { Packet } from '../packet.ts'
import { writeLimits } from '../policy.ts'
import { type Connection, radsecSecret } from '../radsec/connection.ts'
import type { Writer } from '../writer.ts'
import { exchange, retryWaitsMs } from './exchange.ts'
import { dynamicRequest, namesOf, type RunningSession } from './requests.ts'

export type DynamicParts = {
  db: Db
  neighbours: Neighbours
  /** The open TLS connection of a NAS. */
  wayTo(nasId: string): Pick<Connection, 'ask'> | undefined
  /** Our own address, where it is one. */
  host: string
  /** Waits between tries, for tests that can not wait 30 s. */
  waitsMs?: number[] | undefined
}
export type Answer = { outcome: RequestOutcome; errorCause?: number }

/** What we ask of a NAS in the middle of a session (RFC 5176): load, ask, write down what it said. */
export function createDynamic(parts: DynamicParts) {
  const { db, neighbours } = parts

  return {
    /** A session the NAS does not know is over: that is what was wanted. */
    async disconnect({ merchantId, sessionId }: { merchantId: string; sessionId: string }): Promise<void> {
      const session = await sessionToEnd(db, merchantId, sessionId)
      if (!session) return
      const said = await ask('Disconnect-Request', session, (writer) => writer)
      const answer = said.errorCause === noSession ? { ...said, outcome: 'acknowledged' as const } : said
      await noteDisconnect(db, { merchantId, sessionId, ...answer, at: new Date() })
    },

    /** All limits each time: to CoovaChilli a limit that is left out is none, Class too. */
    async changeLimits({ merchantId, sessionId }: { merchantId: string; sessionId: string }): Promise<void> {
      const running = await limitsOfRunning(db, merchantId, sessionId, new Date())
      if (!running) return
      const answer = await ask('CoA-Request', running, (writer, nas) => {
        writeLimits(writer, running.limits, nas)
        return writer
      })
      await noteLimitsChange(db, { merchantId, sessionId, ...answer, at: new Date() })
    },
  }

  async function ask(
    code: 'Disconnect-Request' | 'CoA-Request',
    session: RunningSession & { nasId: string },
    write: (writer: Writer, nas: Neighbour) => Writer,
  ): Promise<Answer> {
    await neighbours.reload()
    const nas = neighbours.find(session.nasId)
    // A gateway that the portal tells itself speaks no RADIUS.
    if (nas?.gateway !== 'uam') return { outcome: 'unanswered' }
    let last: Answer = { outcome: 'unanswered' }
    for (const name of namesOf(session)) {
      last = answerOf(await askOnce(nas, code, (writer) => write(name(writer), nas)))
      if (last.outcome !== 'refused') break
    }
    return last
  }

  /** By the connection it came on where there is one; by UDP where its address is known. Half a minute in all. */
  async function askOnce(
    nas: Neighbour,
    code: 'Disconnect-Request' | 'CoA-Request',
    write: (writer: Writer) => Writer,
  ): Promise<Packet | undefined> {
    const way = parts.wayTo(nas.nasId)
    const waitsMs = parts.waitsMs ?? retryWaitsMs()
    const build = dynamicRequest(code, nas.nasIdentifier, write, new Date())
    if (way) {
      const all = sum(waitsMs)
      // A proxy (radsecproxy) may carry no requests this way: then there is time left for the other one.
      const answer = await way.ask(
        (identifier) => build(radsecSecret, identifier),
        nas.address ? all / 4 : all,
      )
      if (answer || !nas.address) return answer
    }
    if (!nas.address) return undefined
    // While a secret is being changed nobody knows which of the two was typed in: each gets a share of the time.
    const share = way || nas.secrets.length > 1 ? waitsMs.slice(0, Math.ceil(waitsMs.length / 2)) : waitsMs
    for (const secret of nas.secrets.slice(0, way ? 1 : 2)) {
      const to = { address: nas.address, port: nas.coaPort, secret }
      const answer = await exchange(to, build(secret), share, parts.host)
      if (answer) return answer
    }
    return undefined
  }
}

/** Session-Context-Not-Found, RFC 5176 §3.5. */
const noSession = 503

const sum = (numbers: number[]) => numbers.reduce((all, one) => all + one, 0)

function answerOf(packet: Packet | undefined): Answer {
  if (!packet) return { outcome: 'unanswered' }
  if (packet.code === codes['Disconnect-ACK'] || packet.code === codes['CoA-ACK'])
    return { outcome: 'acknowledged' }
  const errorCause = packet.integer('Error-Cause')
  return errorCause === undefined ? { outcome: 'refused' } : { outcome: 'refused', errorCause }
}
