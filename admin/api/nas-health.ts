import type { Nas } from '../../db/network/nas.ts'
import type { OpenProblem } from '../../db/reports/network.ts'
import type { GatewayWords } from '../words/en/gateways.ts'
import type { Health, Problem } from './schemas/nas.ts'

/** Without these a guest does not get online, or a visit is not counted. The rest is advice. */
const faults = ['bad-auth-secret', 'bad-acct-secret', 'bad-message-authenticator', 'malformed', 'clock']

/** Seconds without a word after which a gateway with nobody on it is called silent: it may have had no guest. */
const idleSilenceSeconds = { uam: 12 * 3600, opennds: 24 * 3600 }

/** The light of a gateway and what is wrong with it, from what was heard and when. */
export function healthOf(input: {
  nas: Nas
  problems: OpenProblem[]
  onlineNow: number
  words: GatewayWords
  now: Date
}): { health: Health; problems: Problem[] } {
  const { nas, words, now } = input
  const problems = input.problems.map((problem) =>
    problemOf(words, problem.kind, problem.count, problem.firstAt, problem.lastAt),
  )
  if (nas.gateway === 'uam' && nas.messageAuthenticator === 'off')
    problems.push(problemOf(words, 'message-authenticator-off', 1, nas.createdAt, now))
  const hasFault = input.problems.some(({ kind }) => faults.includes(kind))
  if (!nas.lastSeenAt) return { health: hasFault ? 'half-works' : 'never', problems }
  // With guests on it, a gateway reports every interim interval; three missed are no accident.
  const silenceSeconds =
    nas.gateway === 'uam' && input.onlineNow > 0
      ? 3 * nas.acctInterimIntervalSeconds
      : idleSilenceSeconds[nas.gateway]
  const quietSeconds = (now.getTime() - nas.lastSeenAt.getTime()) / 1000
  if (quietSeconds > silenceSeconds && !hasRecent(input.problems, now, silenceSeconds)) {
    const silent = problemOf(
      words,
      nas.gateway === 'uam' ? 'silent' : 'silent-portal',
      1,
      nas.lastSeenAt,
      now,
    )
    return { health: 'silent', problems: [{ ...silent, kind: 'silent' }, ...problems] }
  }
  return { health: hasFault ? 'half-works' : 'answers', problems }
}

const hasRecent = (problems: OpenProblem[], now: Date, seconds: number) =>
  problems.some(({ lastAt }) => now.getTime() - lastAt.getTime() < seconds * 1000)

function problemOf(words: GatewayWords, kind: string, count: number, since: Date, lastAt: Date): Problem {
  const known = words.problems[kind as keyof GatewayWords['problems']] ?? words.problems.other
  return { kind, count, since: since.toISOString(), lastAt: lastAt.toISOString(), ...known }
}
