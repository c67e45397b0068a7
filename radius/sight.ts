import type { Db } from '../db/index.ts'
import { type LastPacket, recordLastPackets } from '../db/network/last-packets.ts'
import type { Neighbour } from './neighbours.ts'
import type { Packet } from './packet.ts'
import { shownPacket } from './shown-packet.ts'

/** Upper edges in seconds of the classes that answers are sorted into by how long they took. */
export const latencyEdges = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const

type Service = 'auth' | 'acct'
/** What became of the packets of one NAS. 'unknown' stands for all sources that belong to nobody. */
export type NasFigures = {
  nas: string
  site: string
  service: Service
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
type Heard = { nas: Neighbour; service: Service; packet: Packet; at: number }

/** NAS whose last packet is decoded in one go: three thousand that boot at once must hold up nobody. */
const atOnce = 100

/**
 * What is seen of each NAS: figures for Prometheus, and its last packet. Nothing here is on the path of a packet but a
 * look-up and some additions; a packet is decoded and written once a second at most, and only while it is the last one.
 */
export class Sight {
  readonly #figures = new Map<string, Figures>()
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
  request(nas: Neighbour, service: Service, packet: Packet) {
    this.#of(nas, service).requests++
    const heard = this.#heard.get(nas.nasId)
    if (heard) {
      heard.service = service
      heard.packet = packet
      heard.at = Date.now()
    } else this.#heard.set(nas.nasId, { nas, service, packet, at: Date.now() })
  }

  accepted(nas: Neighbour, service: Service, seconds: number) {
    const figures = this.#of(nas, service)
    figures.accepted++
    answered(figures, seconds)
  }

  rejected(nas: Neighbour, service: Service, reason: string, seconds: number) {
    const figures = this.#of(nas, service)
    figures.rejected.set(reason, (figures.rejected.get(reason) ?? 0) + 1)
    answered(figures, seconds)
  }

  /** @param nas undefined where nobody's. */
  dropped(nas: Neighbour | undefined, service: Service, reason: string) {
    const { dropped } = this.#of(nas, service)
    dropped.set(reason, (dropped.get(reason) ?? 0) + 1)
  }

  duplicate(nas: Neighbour, service: Service) {
    this.#of(nas, service).duplicates++
  }

  figures(): NasFigures[] {
    return [...this.#figures.values()]
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
    for (const [nasId, { nas, service, packet, at }] of this.#heard) {
      if (packets.length === atOnce) break
      this.#heard.delete(nasId)
      packets.push({
        merchantId: nas.merchantId,
        nasId,
        at: new Date(at),
        packet: shownPacket(packet, service),
      })
    }
    await recordLastPackets(this.db, packets).catch(this.onError)
  }

  #of(nas: Neighbour | undefined, service: Service): Figures {
    const key = nas ? nas.nasId + service : service
    let figures = this.#figures.get(key)
    if (!figures) {
      figures = {
        nas: nas?.nasId ?? 'unknown',
        site: nas?.siteSlug ?? '',
        service,
        requests: 0,
        duplicates: 0,
        accepted: 0,
        rejected: new Map(),
        dropped: new Map(),
        latency: new Array<number>(latencyEdges.length + 1).fill(0),
        latencySeconds: 0,
      }
      this.#figures.set(key, figures)
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
