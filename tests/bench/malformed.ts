import { monitorEventLoopDelay } from 'node:perf_hooks'
import { connect } from '../../db/index.ts'
import { initKeys } from '../../db/values/keys.ts'
import { fuzzSecret, readPacket } from '../radius/fuzz-targets.ts'
import { mutate, seedsOf, sign } from '../radius/hostile.ts'
import { accessRequest } from '../radius/oracle.ts'
import { Wire } from '../radius/wire.ts'
import { openShop } from '../support/people.ts'
import { residentMb } from '../support/processes.ts'
import { Random } from '../support/random.ts'
import { pause, Service } from '../support/service.ts'
import { Traffic, type TrafficFigures } from '../support/traffic.ts'

export type MalformedFigures = {
  seed: number
  codec: { packets: number; crashes: number; longestStallMs: number; residentGrowthMb: number }
  udp: {
    packets: number
    crashes: number
    longestStallMs: number
    residentGrowthMb: number
    answerAfterMs: number
    traffic: TrafficFigures
  }
}

/**
 * Hostile packets: 1,000,000 into everything that reads them, 200,000 by UDP at a service that has work to do. Half of
 * the latter are signed with the right secret, so that they get beyond the door.
 */
export async function run(options: {
  quick?: boolean
  log?: (line: string) => void
}): Promise<MalformedFigures> {
  const { quick = false, log = () => {} } = options
  const seed = 20261125
  const codec = await intoCodec(seed, quick ? 50_000 : 1_000_000, log)
  log(`codec: ${JSON.stringify(codec)}`)
  const udp = await byUdp(seed, quick ? 10_000 : 200_000)
  return { seed, codec, udp }
}

async function intoCodec(seed: number, count: number, log: (line: string) => void) {
  const random = new Random(seed)
  const seeds = seedsOf(fuzzSecret)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  let [crashes, before] = [0, 0]
  const warmUp = 20_000
  for (let done = 0; done < count + warmUp; done++) {
    if (done === warmUp) {
      before = residentMb(process.pid)
      delay.enable()
    }
    // A turn of the event loop after each handful, as sockets have it.
    if (done % 20 === 0) await new Promise((turn) => setImmediate(turn))
    const picked = random.pick(seeds)
    const bytes = random.chance(0.1)
      ? random.bytes(random.below(300))
      : mutate(random, picked.bytes, random.pick(seeds).bytes)
    try {
      readPacket(random.chance(0.5) ? sign({ port: picked.port, bytes }, fuzzSecret) : bytes)
    } catch (error) {
      if (crashes++ < 10) log(`${(error as Error).message}: ${bytes.toString('hex')}`)
    }
  }
  delay.disable()
  const growth = residentMb(process.pid) - before
  return { packets: count, crashes, longestStallMs: rounded(delay.max / 1e6), residentGrowthMb: growth }
}

const rounded = (value: number) => Math.round(value * 10) / 10

async function byUdp(seed: number, count: number): Promise<MalformedFigures['udp']> {
  const service = await Service.start()
  try {
    initKeys(service.secretKey)
    const db = connect({ url: service.databaseUrl, max: 2 })
    const traffic = await Traffic.open(db, { ports: service.ports, packetsPerSecond: 300 })
    const nas = { address: '127.0.66.1', secret: 'the secret of the hostile' }
    await openShop(db, { nas })
    const random = new Random(seed)
    const seeds = seedsOf(nas.secret, nas.address)
    const wires = {
      auth: await Wire.open(service.ports.auth, nas.address),
      acct: await Wire.open(service.ports.acct, nas.address),
    }
    const send = async (packets: number) => {
      const from = performance.now()
      for (let sent = 0; sent < packets; sent++) {
        const picked = random.pick(seeds)
        const bytes = random.chance(0.1)
          ? random.bytes(random.below(300))
          : mutate(random, picked.bytes, random.pick(seeds).bytes, 4200)
        const port = random.chance(0.9) ? picked.port : picked.port === 'auth' ? 'acct' : 'auth'
        wires[port].send(random.chance(0.5) ? sign({ port, bytes }, nas.secret) : bytes)
        // Some 5,000 a second: more than any town sends, less than the machine's own limit of sockets.
        while (sent / 5 > performance.now() - from) await pause(1)
        wires.auth.answers.length = wires.acct.answers.length = 0
      }
    }
    const pid = service.child?.pid ?? 0
    await send(Math.round(count / 4))
    // What is read resets it: only what comes now counts.
    await service.metric('nodejs_eventloop_lag_max_seconds')
    const before = residentMb(pid)
    await send(count)
    const stall = (await service.metric('nodejs_eventloop_lag_max_seconds')) ?? Number.NaN
    const growth = residentMb(pid) - before
    const from = performance.now()
    const answer = await wires.auth.ask(accessRequest(nas.secret, 9, [[4, Buffer.from([127, 0, 66, 1])]]))
    const answerAfterMs = answer ? rounded(performance.now() - from) : Number.NaN
    const crashes = service.child?.exitCode === null && !/unhandled|uncaught/i.test(service.output) ? 0 : 1
    const figures = await traffic.close(db)
    for (const wire of Object.values(wires)) wire.close()
    await db.close()
    return {
      packets: count,
      crashes,
      longestStallMs: rounded(stall * 1000),
      residentGrowthMb: growth,
      answerAfterMs,
      traffic: figures,
    }
  } finally {
    await service.close()
  }
}
