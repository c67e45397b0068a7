import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Spool } from '../../radius/spool.ts'

const format = {
  write: (entry: number) => JSON.stringify(entry),
  read: (line: string): number => JSON.parse(line),
}

describe('What access points reported while the ledger was away', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'doorman-spool-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))
  const filled = async (count: number) => {
    const spool = new Spool(folder, format)
    await Promise.all(Array.from({ length: count }, (_, index) => spool.add(index)))
    return spool
  }

  it('is brought in while one of it takes long, and its file stays until that is in too', async () => {
    const spool = await filled(1200)
    const slow = Promise.withResolvers<void>()
    const taken: number[] = []
    let underWay = 0
    let most = 0
    const drained = spool.drain(async (entry) => {
      most = Math.max(most, ++underWay)
      await (entry === 3 ? slow.promise : new Promise((done) => setTimeout(done, 1)))
      underWay--
      taken.push(entry)
    })
    await expect.poll(() => taken.length).toBe(1199)
    expect(readdirSync(folder)).toHaveLength(1)
    slow.resolve()
    expect(await drained).toBe(1200)
    expect(taken.at(-1)).toBe(3)
    expect(most).toBe(500)
    expect(readdirSync(folder)).toEqual([])
    expect(spool.octets).toBe(0)
  })

  it('is offered in its order, and again from the first that was not taken, whenever the ledger goes away meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 900 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 900 }), fc.integer({ min: 1, max: 3 })), {
          maxLength: 6,
        }),
        async (count, faults) => {
          const spool = await filled(count)
          const left = new Map(faults.filter(([at]) => at < count))
          const taken = new Set<number>()
          for (let tries = 0; ; tries++) {
            expect(tries).toBeLessThan(20)
            const offered: number[] = []
            const before = [...Array(count).keys()].find((entry) => !taken.has(entry))
            const end = await spool
              .drain(async (entry) => {
                offered.push(entry)
                await new Promise((done) => setImmediate(done))
                const faultsLeft = left.get(entry) ?? 0
                left.set(entry, faultsLeft - 1)
                if (faultsLeft > 0) throw new Error('the ledger is away')
                taken.add(entry)
              })
              .catch((error: Error) => error.message)
            expect(offered).toEqual(offered.map((_, index) => (before ?? 0) + index))
            if (typeof end === 'number') break
            expect(end).toBe('the ledger is away')
            expect(taken.size).toBeLessThan(count)
          }
          expect(taken.size).toBe(count)
          expect(readdirSync(folder)).toEqual([])
          await spool.close()
        },
      ),
      { numRuns: 60 },
    )
  }, 60_000)

  it('is read by the next run but for a line that a crash cut short, and a damaged line is kept for whoever can read it', async () => {
    await (await filled(5)).close()
    const [name = ''] = readdirSync(folder)
    appendFileSync(join(folder, name), '12')
    const taken: number[] = []
    const take = async (entry: number) => void taken.push(entry)
    const next = new Spool(folder, format)
    await next.add(5)
    expect(await next.drain(take)).toBe(6)
    expect(taken).toEqual([0, 1, 2, 3, 4, 5])
    expect(readdirSync(folder)).toEqual([])
    await next.close()

    writeFileSync(join(folder, '0000000007.spool'), '6\n{"half\n7\n')
    const last = new Spool(folder, format)
    expect(await last.drain(take)).toBe(2)
    expect(taken.slice(6)).toEqual([6, 7])
    expect(readdirSync(folder)).toEqual(['0000000007.spool.damaged'])
    expect(readFileSync(join(folder, '0000000007.spool.damaged'), 'utf8')).toContain('{"half')
    await last.close()
  })
})
