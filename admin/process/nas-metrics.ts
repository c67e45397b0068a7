import {
  Counter,
  Gauge,
  Histogram,
  type MetricType,
  type MetricValueWithName,
  type Registry,
} from 'prom-client'

/** What became of the packets of one access point; the RADIUS wing counts it. */
export type NasNumbers = {
  /** Its id; 'unknown' for all sources that belong to nobody. */
  nas: string
  /** The slug of its site. */
  site: string
  purpose: 'auth' | 'acct'
  requests: number
  duplicates: number
  accepted: number
  rejected: ReadonlyMap<string, number>
  dropped: ReadonlyMap<string, number>
  /** Answers by how long they took, one class more than `edges`; not added up. */
  latency: readonly number[]
  latencySeconds: number
}
export type RadiusNumbers = {
  stats(): Record<string, number>
  figures(): NasNumbers[]
  /** Upper edges of the classes of `latency`, in seconds. */
  edges: readonly number[]
  /** Octets of accounting on disk that wait for the database. */
  spooledOctets(): number
}

/** Figures of each access point. Labels are bounded by what is registered: its id, its site, and closed sets of words. */
export function nasMetrics(registry: Registry, radius: RadiusNumbers): void {
  const registers = [registry]
  const labelNames = ['nas', 'site', 'port']
  const counter = (name: string, help: string, count: (one: NasNumbers) => number) =>
    new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        this.reset()
        for (const one of radius.figures()) this.inc(labelsOf(one), count(one))
      },
    })
  const reasons = (name: string, help: string, of: (one: NasNumbers) => ReadonlyMap<string, number>) =>
    new Counter({
      name,
      help,
      labelNames: [...labelNames, 'reason'],
      registers,
      collect() {
        this.reset()
        for (const one of radius.figures())
          for (const [reason, count] of of(one)) this.inc({ ...labelsOf(one), reason }, count)
      },
    })
  counter(
    'doorman_nas_requests_total',
    'Requests of an access point that were worked on.',
    (one) => one.requests,
  )
  counter('doorman_nas_duplicates_total', 'Requests that came again.', (one) => one.duplicates)
  counter(
    'doorman_nas_accepts_total',
    'Access-Accepts; at the port acct, Accounting-Responses.',
    (one) => one.accepted,
  )
  reasons('doorman_nas_rejects_total', 'Access-Rejects by reason.', (one) => one.rejected)
  reasons('doorman_nas_drops_total', 'Packets that were not answered, by reason.', (one) => one.dropped)
  new Gauge({
    name: 'doorman_radius_spool_octets',
    help: 'Accounting on disk that waits for the database, in octets.',
    registers,
    collect() {
      this.set(radius.spooledOctets())
    },
  })
  registry.registerMetric(new LatencyHistogram(radius))
}

const labelsOf = ({ nas, site, purpose }: NasNumbers) => ({ nas, site, port: purpose })

const name = 'doorman_nas_answer_seconds'
/** An enum that is there for the compiler alone. */
const type = 'histogram' as unknown as MetricType
const help = 'Time from a request to its answer, by access point.'

/** A histogram that is counted elsewhere: on the path of a packet there is no time to look labels up. */
class LatencyHistogram extends Histogram<string> {
  readonly #radius: RadiusNumbers

  constructor(radius: RadiusNumbers) {
    super({
      name,
      help,
      labelNames: ['nas', 'site', 'port'],
      buckets: [...radius.edges],
      registers: [],
    })
    this.#radius = radius
  }

  override async get(): ReturnType<Histogram<string>['get']> {
    const values = this.#radius.figures().flatMap((one) => this.#valuesOf(one))
    return { name, help, type, aggregator: 'sum', collect() {}, values }
  }

  /** What the registry asks first, where it is there (prom-client, lib/registry.js). */
  getForPromString(): ReturnType<Histogram<string>['get']> {
    return this.get()
  }

  #valuesOf(one: NasNumbers): MetricValueWithName<string>[] {
    const labels = labelsOf(one)
    let upTo = 0
    const buckets = [...this.#radius.edges, '+Inf'].map((le, index) => {
      upTo += one.latency[index] ?? 0
      return { metricName: `${name}_bucket`, labels: { ...labels, le: String(le) }, value: upTo }
    })
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: one.latencySeconds },
      { metricName: `${name}_count`, labels, value: upTo },
    ]
  }
}
