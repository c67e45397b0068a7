import type { Random } from '../support/random.ts'
import { type Attribute, text, u32 } from './oracle.ts'

/** One report as the script has it, at the access point where the guest is then. */
export type Line = {
  nas: number
  status: 'start' | 'interim' | 'stop'
  atMs: number
  seconds: number
  input: bigint
  output: bigint
  cause?: number
}
export type ScriptedSession = {
  id: string
  mac: string
  grantId: string | undefined
  /** Sends Gigawords (RFC 2869 §5.1); else its counters wrap at 2^32 unsaid. */
  gigawords: boolean
  /** Does not wait for the answer to one report before it sends the next, so that they overtake each other. */
  hurries: boolean
  lines: Line[]
  /** Whose Accounting-On ends it. */
  endsByReboot: boolean
}
export type Script = {
  before: ScriptedSession[]
  rebooting: number[]
  rebootAtMs: number
  after: ScriptedSession[]
}

const second = 1000
export const causes = {
  1: 'User-Request',
  2: 'Lost-Carrier',
  4: 'Idle-Timeout',
  5: 'Session-Timeout',
} as const

/**
 * The last 25 minutes of a town: sessions with Start, interim reports and Stop, some roaming under their Class, some cut
 * off by a reboot after ten minutes; later ones, a few of which take up the Acct-Session-Id of one that is over.
 */
export function writeScript(
  random: Random,
  asked: { sessions: number; nases: number; nowMs: number; guests: { mac: string; grantId: string }[] },
): Script {
  const base = Math.floor(asked.nowMs / second) * second - 25 * 60 * second
  const rebooting = Array.from({ length: Math.floor(asked.nases / 2) }, (_, index) => index)
  const write = (index: number, fromMs: number, mayBeCut: boolean): ScriptedSession => {
    const guest = random.chance(0.3) ? random.pick(asked.guests) : undefined
    const home = random.below(asked.nases)
    const session: ScriptedSession = {
      id: `town ${index}`,
      mac: guest?.mac ?? macOf(index),
      grantId: guest?.grantId,
      gigawords: random.chance(0.6),
      hurries: false,
      lines: [],
      endsByReboot: mayBeCut && rebooting.includes(home) && random.chance(0.3),
    }
    const roams = guest !== undefined && !session.endsByReboot && random.chance(0.4)
    session.hurries = !roams && random.chance(0.5)
    const startMs = fromMs + random.below(180) * second
    const reports = 1 + random.below(6)
    let [input, output, seconds] = [0n, 0n, 0]
    session.lines.push({ nas: home, status: 'start', atMs: startMs, seconds, input, output })
    for (let step = 1; step <= reports; step++) {
      seconds += 20 + random.below(40)
      input = grown(random, input, session.gigawords)
      output = grown(random, output, session.gigawords)
      const isLast = step === reports && !session.endsByReboot
      const nas = roams && step > reports / 2 ? (home + 1) % asked.nases : home
      const line: Line = { nas, status: 'interim', atMs: startMs + seconds * second, seconds, input, output }
      if (isLast) Object.assign(line, { status: 'stop', cause: random.pick([1, 2, 4, 5]) })
      session.lines.push(line)
    }
    return session
  }
  const count = Math.round(asked.sessions * 0.7)
  const before = Array.from({ length: count }, (_, index) => write(index, base, true))
  const over = before.filter(({ lines }) =>
    lines.every(({ nas }) => rebooting.includes(nas) && nas === lines[0]?.nas),
  )
  const after = Array.from({ length: asked.sessions - count }, (_, index) => {
    const session = write(count + index, base + 15 * 60 * second, false)
    const former = over[index * 4]
    // A gateway that has restarted counts its sessions from the beginning.
    if (index % 10 === 0 && former && session.lines.every(({ nas }) => nas === session.lines[0]?.nas)) {
      session.id = former.id
      session.mac = former.mac
      session.grantId = former.grantId
      for (const line of session.lines) line.nas = former.lines[0]?.nas ?? 0
    }
    return session
  })
  return { before, rebooting, rebootAtMs: base + 10 * 60 * second, after }
}

/** Without Gigawords no interval may pass half the counter's range, or nobody could tell a wrap. */
function grown(random: Random, total: bigint, gigawords: boolean): bigint {
  if (gigawords) return total + BigInt(random.below(2 ** 32)) * BigInt(1 + random.below(3))
  if (total === 0n) return BigInt(2 ** 32 - 1 - random.below(2 ** 30))
  return total + BigInt(random.below(2 ** 30))
}

export function attributesOf(session: ScriptedSession, line: Line, address: string): Attribute[] {
  const octets = (low: number, high: number, total: bigint): Attribute[] => [
    [low, u32(Number(total & 0xffffffffn))],
    ...(session.gigawords ? [[high, u32(Number(total >> 32n))] as Attribute] : []),
  ]
  const status = { start: 1, stop: 2, interim: 3 }[line.status]
  const all: Attribute[] = [
    [4, Buffer.from(address.split('.').map(Number))],
    [40, u32(status)],
    [44, text(session.id)],
    [31, text(session.mac)],
    [55, u32(line.atMs / second)],
  ]
  if (session.grantId) all.push([25, text(session.grantId)])
  if (line.status !== 'start')
    all.push([46, u32(line.seconds)], ...octets(42, 52, line.input), ...octets(43, 53, line.output))
  if (line.cause) all.push([49, u32(line.cause)])
  return all
}

export const macOf = (index: number) =>
  `02-C4-${[index >> 24, index >> 16, index >> 8, index].map((octet) => (octet & 255).toString(16).padStart(2, '0')).join('-')}`.toUpperCase()
