import { benchCodec } from './radius/codec.ts'
import { FreeRadius, type Person, peerSecret } from './radius/freeradius.ts'
import { House } from './radius/house.ts'
import { type Load, Machine, startPostgres } from './radius/machine.ts'
import { flushTimes } from './radius/spent.ts'
import type { BenchOptions } from './run.ts'

const peerPorts = { auth: 18612, acct: 18613 }
const ourPorts = { auth: 18622, acct: 18623 }
const people = 10_000

type Options = BenchOptions & {
  /** Only scenarios whose name has this in it. */
  only?: string
}

/**
 * Ours beside FreeRADIUS 3.2 with PostgreSQL: the same machine, the same PostgreSQL, the same generator, in turns in the
 * same run, so that neither has the quieter minute. Ratios are ours over the peer's; p99 too, so there less is better.
 */
export async function run(options: Options): Promise<object> {
  const { quick, log } = options
  const only = options.only ?? process.env.BENCH_ONLY ?? ''
  const rounds = Number(process.env.BENCH_ROUNDS ?? (quick ? 1 : 3))
  const seconds = quick ? 3 : 6
  /** At a fixed rate longer: one stop of a few milliseconds must not be all that the hundredth slowest answer tells of. */
  const steady = 5
  /** Compiled code is what is measured, and V8 takes so long until it has compiled what there is. FreeRADIUS needs none. */
  const warmUp = 4
  /** Both are there, and each is asked so many times for a part of its seconds while the other has nothing to do. */
  const turns = 2
  const codec = wants(only, 'codec') ? benchCodec(quick, log) : undefined
  const machine = new Machine()
  const stops: (() => Promise<unknown>)[] = [() => machine.close()]
  try {
    const postgres = await startPostgres(machine, 18650)
    const flushes = flushTimes(machine.folder, 500)
    const flush = (share: number) => `${(flushes[Math.floor(share * flushes.length)] ?? 0).toFixed(2)} ms`
    log(
      `flushing 8 kB to disk: half within ${flush(0.5)}, 99 % within ${flush(0.99)}, slowest ${flush(0.999)}`,
    )
    const persons: Person[] = Array.from({ length: people }, (_, n) => ({
      name: `u${String(n).padStart(5, '0')}@wifi.example`,
      password: `pw${(n * 2654435761) % 4294967296}`,
    }))
    const peer = new FreeRadius(machine, postgres, peerPorts, persons)
    peer.prepare()
    const peerUsers = machine.file(
      'users.txt',
      persons.map(({ name, password }) => `${name} ${password}`).join('\n'),
    )
    const ours = new House(machine, postgres, ourPorts, people)
    stops.unshift(() => ours.close())
    await ours.prepare()
    const figures = new Map<string, Load[]>()
    const note = (name: string, load: Load) => {
      figures.set(name, [...(figures.get(name) ?? []), load])
      const odd = load.lost + load.wrong_verdict + load.bad_authenticator + load.no_message_authenticator
      log(
        `${name.padEnd(34)} ${String(Math.round(load.rps)).padStart(7)}/s  p50 ${load.p50_ms.toFixed(2)} ms  p99 ${load.p99_ms.toFixed(2)} ms  sent ${load.sent} accepted ${load.accepted} lost ${load.lost}${odd ? '  !' : ''}`,
      )
      const { server, database, generator, idle } = load.spent
      const us = (value: number) => `${value.toFixed(1)} µs`
      log(
        `  of processor a packet: server ${us(server)}, PostgreSQL ${us(database)}, generator ${us(generator)}; ${Math.round(100 * idle)} % of the machine idle`,
      )
    }
    const shot = (
      ports: typeof peerPorts,
      users: string,
      mode: string,
      more: Record<string, string | number>,
    ) =>
      machine.load({
        'auth-port': ports.auth,
        'acct-port': ports.acct,
        secret: peerSecret,
        users,
        mode,
        window: 64,
        ...more,
      })
    const processes = Number(process.env.BENCH_PROCESSES ?? 1)
    const withOurs = async (work: () => Promise<void>) => {
      await ours.start(processes)
      await work()
      await ours.stop()
    }
    const inTurns = (...modes: string[]) => Array.from({ length: turns }, () => modes).flat()

    if (wants(only, 'limit')) {
      const users = ours.returning()
      for (const limit of ['echo', 'memory'] as const) {
        await ours.startLimit(limit)
        const mode = limit === 'echo' ? 'echo' : 'auth-pap'
        await shot(ourPorts, users, mode, { seconds: 1 })
        note(`ours ${limit}`, await shot(ourPorts, users, mode, { seconds: quick ? 2 : seconds }))
        await ours.stop()
      }
      const [echo, memory] = ['echo', 'memory'].map((limit) => figures.get(`ours ${limit}`)?.[0]?.rps ?? 0)
      log(`  in memory ${Math.round((100 * (memory as number)) / (echo as number))} % of the UDP echo limit`)
    }

    for (let round = 0; round < rounds; round++) {
      if (wants(only, 'consumed')) {
        await peer.start('sql', 4)
        await withOurs(async () => {
          // As long as the warm-up of the others, but each credential can be used once.
          await shot(ourPorts, await ours.credentials(60_000), 'auth-pap', { count: 60_000 })
          for (const mode of inTurns('auth-pap', 'auth-chap')) {
            note(`peer sql ${mode}`, await shot(peerPorts, peerUsers, mode, { seconds: seconds / turns }))
            const count = Math.round((25_000 * seconds) / turns)
            const load = await shot(ourPorts, await ours.credentials(count), mode, { count })
            const used = await ours.consumed()
            if (used !== load.accepted) log(`! ${load.accepted} accepted, ${used} consumed`)
            note(`ours consumed ${mode}`, load)
          }
          const constant = { rate: 5000, window: 1024 }
          note(
            'peer sql auth-pap @5000',
            await shot(peerPorts, peerUsers, 'auth-pap', { seconds: steady, ...constant }),
          )
          const count = 5000 * steady
          note(
            'ours consumed auth-pap @5000',
            await shot(ourPorts, await ours.credentials(count), 'auth-pap', { count, ...constant }),
          )
        })
        await peer.stop()
      }
      if (wants(only, 'returning')) {
        await peer.start('files', 2)
        await withOurs(async () => {
          const users = ours.returning()
          await shot(ourPorts, users, 'auth-pap', { seconds: warmUp })
          for (const mode of inTurns('auth-pap')) {
            note(`peer files ${mode}`, await shot(peerPorts, peerUsers, mode, { seconds: seconds / turns }))
            note(`ours returning ${mode}`, await shot(ourPorts, users, mode, { seconds: seconds / turns }))
          }
        })
        await peer.stop()
      }
      if (wants(only, 'accounting')) {
        const users = ours.reporting()
        await ours.wipe()
        peer.wipe()
        await peer.start('sql', 8)
        await withOurs(async () => {
          await shot(ourPorts, users, 'acct', { seconds: warmUp, sessions: 1000 })
          for (const mode of inTurns('acct')) {
            const words = { seconds: seconds / turns, sessions: 1000 }
            note('peer accounting', await shot(peerPorts, peerUsers, mode, words))
            note('ours accounting', await shot(ourPorts, users, mode, words))
          }
          const recorded = await ours.count('accounting_log')
          log(`  ${recorded} packets in the log, ${await ours.count('sessions')} sessions`)
          const constant = { seconds: steady, sessions: 1000, rate: 2000, window: 1024 }
          peer.wipe()
          note('peer accounting @2000', await shot(peerPorts, peerUsers, 'acct', constant))
          note('ours accounting @2000', await shot(ourPorts, users, 'acct', constant))
        })
        await peer.stop()
      }
    }
    if (wants(only, 'growth')) {
      const users = ours.reporting()
      await ours.wipe()
      const measure = async (name: string) =>
        withOurs(async () => {
          await shot(ourPorts, users, 'acct', { seconds: 2, sessions: 1000 })
          for (let round = 0; round < Math.max(2, rounds); round++)
            note(name, await shot(ourPorts, users, 'acct', { seconds, sessions: 1000 }))
        })
      await measure('ours accounting, empty tables')
      await ours.wipe()
      await ours.grow(quick ? 200_000 : 1_000_000)
      await measure('ours accounting, a million before')
    }
    const rps = (name: string) => mean((figures.get(name) ?? []).map((load) => load.rps))
    const p99 = (name: string) => median((figures.get(name) ?? []).map((load) => load.p99_ms))
    const both = (of: (mode: string) => number) => round2(Math.min(of('auth-pap'), of('auth-chap')))
    return {
      authConsumed: both((mode) => rps(`ours consumed ${mode}`) / rps(`peer sql ${mode}`)),
      authReturningVsNoDatabase: round2(rps('ours returning auth-pap') / rps('peer files auth-pap')),
      accounting: round2(rps('ours accounting') / rps('peer accounting')),
      p99Auth: round2(p99('ours consumed auth-pap @5000') / p99('peer sql auth-pap @5000')),
      p99Accounting: round2(p99('ours accounting @2000') / p99('peer accounting @2000')),
      codec: codec ? round2(codec.ratio) : null,
      growthTo1M: round2(rps('ours accounting, empty tables') / rps('ours accounting, a million before')),
    }
  } finally {
    for (const stop of stops) await stop()
  }
}

const wants = (only: string, name: string) => only === '' || only.split(',').includes(name)
const round2 = (value: number) => (Number.isFinite(value) ? Math.round(value * 100) / 100 : null)

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN
}
