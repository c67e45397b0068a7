import { Session } from 'node:inspector'
import { Random } from '../support/random.ts'
import { mutate } from './hostile.ts'

export type Fuzzed = {
  executions: number
  /** Inputs that reached something new. */
  corpus: number
  /** Characters of the code under test that were run. */
  covered: number
  findings: string[]
}

const batchSize = 200
/** Longer than this for one input is a finding: the event loop would stall. */
const slowMs = 50

/**
 * Feeds a target with mutations of what reached new code before, as V8's own precise block coverage tells. Coverage is
 * asked for after each batch, and where it grew, for each input of the batch, so that most inputs run at full speed.
 * @param files part of the path of the files whose coverage counts.
 */
export function fuzz(
  target: (bytes: Buffer) => void,
  options: { seeds: Buffer[]; seconds: number; seed: number; files: RegExp },
): Fuzzed {
  const random = new Random(options.seed)
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const painted = new Map<string, Uint8Array>()
  const corpus: Buffer[] = []
  const findings: string[] = []
  let executions = 0

  const grew = (): boolean => {
    let isNew = false
    session.post('Profiler.takePreciseCoverage', (error, taken) => {
      if (error) throw error
      for (const { url, functions } of taken.result) {
        if (!options.files.test(url)) continue
        for (const { ranges } of functions) if (paint(painted, url, ranges)) isNew = true
      }
    })
    return isNew
  }
  const execute = (input: Buffer) => {
    executions++
    const from = performance.now()
    try {
      target(Buffer.from(input))
    } catch (error) {
      findings.push(`${(error as Error).message}: ${input.toString('hex')}`)
    }
    const tookMs = performance.now() - from
    // Once may be the machine; twice is the input.
    if (tookMs > slowMs && timeOf(target, input) > slowMs)
      findings.push(`${Math.round(tookMs)} ms: ${input.toString('hex')}`)
  }
  for (const seed of options.seeds) {
    execute(seed)
    grew()
    corpus.push(seed)
  }
  const end = performance.now() + options.seconds * 1000
  while (performance.now() < end && findings.length < 10) {
    const batch = Array.from({ length: batchSize }, () =>
      mutate(random, random.pick(corpus), random.pick(corpus)),
    )
    // Painted over only after it is known whose doing it was.
    const before = new Map([...painted].map(([url, paint]) => [url, paint.slice()]))
    for (const input of batch) execute(input)
    if (!grew()) continue
    painted.clear()
    for (const [url, paint] of before) painted.set(url, paint)
    for (const input of batch) {
      execute(input)
      if (grew()) corpus.push(input)
    }
  }
  session.post('Profiler.stopPreciseCoverage')
  session.disconnect()
  let covered = 0
  for (const paint of painted.values()) for (const mark of paint) covered += mark
  return { executions, corpus: corpus.length, covered, findings }
}

type Range = { startOffset: number; endOffset: number; count: number }

/** Marks what ran; inner ranges come after the outer ones and speak for themselves. @returns whether any was new. */
function paint(painted: Map<string, Uint8Array>, url: string, ranges: Range[]): boolean {
  const [outer] = ranges
  if (!outer || outer.count === 0) return false
  let marks = painted.get(url)
  if (!marks || marks.length < outer.endOffset) {
    const wider = new Uint8Array(outer.endOffset + 10_000)
    if (marks) wider.set(marks)
    marks = wider
    painted.set(url, marks)
  }
  const own = new Uint8Array(outer.endOffset - outer.startOffset)
  for (const { startOffset, endOffset, count } of ranges)
    own.fill(count > 0 ? 1 : 0, startOffset - outer.startOffset, endOffset - outer.startOffset)
  let isNew = false
  for (let index = 0; index < own.length; index++)
    if (own[index] && !marks[outer.startOffset + index]) {
      marks[outer.startOffset + index] = 1
      isNew = true
    }
  return isNew
}

function timeOf(target: (bytes: Buffer) => void, input: Buffer): number {
  const from = performance.now()
  try {
    target(Buffer.from(input))
  } catch {
    // Told already.
  }
  return performance.now() - from
}
