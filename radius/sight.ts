import type { Db } from '../db/index.ts'
import { type LastPacket, recordLastPackets } from '../db/network/last-packets.ts'
import type { Purpose } from './answers.ts'
import type { Neighbour } from './neighbours.ts'
import type { Packet } from './packet.ts'
import { shownPacket } from './shown-packet.ts'

/** Upper edges in seconds of the classes that answers are sorted into by how long they took. */
export const latencyEdges = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

/** What became of the packets of one NAS. 'unknown' stands for all sources that belong to nobody. */
export type NasFigures = {
  nas: string
  site: string
  purpose: Purpose
  requests: number
  duplicates: number
  accepted: number
  rejected: ReadonlyMap<string, number>
  dropped: ReadonlyMap<string, number>
  /** Answers not slower than each of `latencyEdges`, and all the rest last; not added up. */
  latency: readonly number[]
  latencySeconds: number
}
type Figures = NasFigures & { rejected: Map<string, number>; dropped: Map<string, number>; latency: number[] }
type Heard = { nas: Neighbour; purpose: Purpose; packet: Packet; at: number }

/** NAS whose last packet is decoded in one go: three thousand that boot at once must hold up nobody. */
const atOnce = 100

/**
 * What is seen of each NAS: figures for Prometheus, and its last packet. Nothing here is on the path of a packet but a
 * look-up and some additions; a packet is decoded and written once a second at most, and only while it is the last one.
 */
export class Sight {
  /** By purpose, then NAS. */
  readonly #figures = { auth: new Map<string, Figures>(), acct: new Map<string, Figures>() }
  readonly #heard = new Map<string, Heard>()
  #writing = Promise.resolve()
  readonly #timer: NodeJS.Timeout

  constructor(
    private readonly db: Db,
    private readonly onError: (error: unknown) => void,
    intervalMs = 1000,
  ) {
    this.#timer = setInterval(() => void this.flush(), intervalMs)
    this.#timer.unref()
  }

  /** A packet of a NAS that is worked on now. */
  request(nas: Neighbour, purpose: Purpose, packet: Packet) {
    this.#of(nas, purpose).requests++
    const heard = this.#heard.get(nas.nasId)
    if (heard) {
      heard.purpose = purpose
      heard.packet = packet
      heard.at = Date.now()
    } else this.#heard.set(nas.nasId, { nas, purpose, packet, at: Date.now() })
  }

  accepted(nas: Neighbour, purpose: Purpose, seconds: number) {
    const figures = this.#of(nas, purpose)
    figures.accepted++
    answered(figures, seconds)
  }

  rejected(nas: Neighbour, purpose: Purpose, reason: string, seconds: number) {
    const figures = this.#of(nas, purpose)
    figures.rejected.set(reason, (figures.rejected.get(reason) ?? 0) + 1)
    answered(figures, seconds)
  }

  /** @param nas undefined where nobody's. */
  dropped(nas: Neighbour | undefined, purpose: Purpose, reason: string) {
    const { dropped } = this.#of(nas, purpose)
    dropped.set(reason, (dropped.get(reason) ?? 0) + 1)
  }

  duplicate(nas: Neighbour, purpose: Purpose) {
    this.#of(nas, purpose).duplicates++
  }

  figures(): NasFigures[] {
    return [...this.#figures.auth.values(), ...this.#figures.acct.values()]
  }

  /** Writes last packets that are news; resolves when they are written. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async close() {
    clearInterval(this.#timer)
    await this.flush()
  }

  async #write() {
    if (this.#heard.size === 0) return
    const packets: LastPacket[] = []
    for (const [nasId, { nas, purpose, packet, at }] of this.#heard) {
      if (packets.length === atOnce) break
      this.#heard.delete(nasId)
      packets.push({
        merchantId: nas.merchantId,
        nasId,
        at: new Date(at),
        packet: shownPacket(packet, purpose),
      })
    }
    await recordLastPackets(this.db, packets).catch(this.onError)
  }

  #of(nas: Neighbour | undefined, purpose: Purpose): Figures {
    const here = this.#figures[purpose]
    const id = nas ? nas.nasId : 'unknown'
    let figures = here.get(id)
    if (!figures) {
      figures = {
        nas: id,
        site: nas?.siteSlug ?? '',
        purpose,
        requests: 0,
        duplicates: 0,
        accepted: 0,
        rejected: new Map(),
        dropped: new Map(),
        latency: new Array<number>(latencyEdges.length + 1).fill(0),
        latencySeconds: 0,
      }
      here.set(id, figures)
    }
    return figures
  }
}

function answered(figures: Figures, seconds: number) {
  figures.latencySeconds += seconds
  let edge = 0
  while (edge < latencyEdges.length && seconds > (latencyEdges[edge] as number)) edge++
  figures.latency[edge] = (figures.latency[edge] ?? 0) + 1
}
