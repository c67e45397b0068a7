import { describe, expect, it } from 'vitest'
import { run } from '../bench/fuzz.ts'
import { fuzz } from './coverage-fuzzer.ts'

// Twenty seconds of what `npm run bench -- fuzz` does for sixty.
describe('Fuzzing that follows the coverage', () => {
  it('finds a fault that stands behind four octets no chance would hit together', () => {
    const planted = (bytes: Buffer) => {
      if (bytes[0] !== 0x44) return
      if (bytes[1] !== 0x6f) return
      if (bytes[2] !== 0x6f) return
      if (bytes[3] === 0x72) throw new Error('planted')
    }
    const { findings, corpus } = fuzz(planted, {
      seeds: [Buffer.from('....')],
      seconds: 5,
      seed: 1,
      files: /fuzz\.test/,
    })
    expect(corpus).toBeGreaterThan(3)
    expect(findings[0]).toContain('planted')
  })

  it('R-F2: finds nothing in what reads packets and the queries of gateways', async () => {
    const told: string[] = []
    const { packets, queries } = await run({ seconds: 15, log: (line) => told.push(line) })
    expect(told).toEqual([])
    expect(packets.covered).toBeGreaterThan(1000)
    expect(queries.covered).toBeGreaterThan(1000)
  }, 60_000)
})
