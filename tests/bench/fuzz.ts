import { type Fuzzed, fuzz } from '../radius/coverage-fuzzer.ts'
import { fuzzSecret, querySeeds, readPacket, readQuery } from '../radius/fuzz-targets.ts'
import { seedsOf } from '../radius/hostile.ts'

/**
 * Coverage-guided fuzzing of everything that reads what strangers send: 60 s, two thirds on packets, one on the queries
 * that gateways send browsers with. The fuzzer is our own, on V8's precise coverage: @jazzer.js/core 4.0.0 brings only
 * a library for glibc 2.38 and later, and Debian 12 has 2.36.
 */
export async function run(options: {
  quick?: boolean
  seconds?: number
  log?: (line: string) => void
}): Promise<{ findings: number; seconds: number; seed: number } & Record<'packets' | 'queries', Fuzzed>> {
  const { quick = false, seconds = quick ? 15 : 60, log = () => {} } = options
  const seed = Date.now() % 2 ** 31
  const packets = fuzz(readPacket, {
    seeds: seedsOf(fuzzSecret).map(({ bytes }) => bytes),
    seconds: (seconds * 2) / 3,
    seed,
    files: /\/(?<!tests\/)(?:radius|db\/values)\//,
  })
  const queries = fuzz(readQuery, {
    seeds: querySeeds,
    seconds: seconds / 3,
    seed,
    files: /\/(?:portal\/gateways|db\/values)\//,
  })
  for (const finding of [...packets.findings, ...queries.findings]) log(finding)
  return { findings: packets.findings.length + queries.findings.length, seconds, seed, packets, queries }
}
