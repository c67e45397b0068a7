import type { Db } from '../db/index.ts'
import {
  type NasNews,
  type NasProblem,
  recordNasNews,
  recordStrangers,
  type Stranger,
} from '../db/network/nas-health.ts'
import type { Neighbour } from './neighbours.ts'
import type { Unverified } from './verify.ts'

/** Notes what is heard of each NAS in memory and writes it down every other second, off the path of any packet. */
export class Health {
  #news = new Map<string, NasNews>()
  #strangers = new Map<string, Stranger>()
  #flushing = Promise.resolve()
  readonly #timer: NodeJS.Timeout

  constructor(
    private readonly db: Db,
    private readonly onError: (error: unknown) => void,
    intervalMs = 1000,
  ) {
    this.#timer = setInterval(() => void this.flush(), intervalMs)
    this.#timer.unref()
  }

  /** A packet that verified. `withMessageAuthenticator`: from now on this NAS must always have one, if its rule is auto. */
  heard(nas: Neighbour, kind: 'auth' | 'acct', withMessageAuthenticator: boolean) {
    const news = this.#of(nas)
    const now = new Date()
    if (kind === 'auth') news.authAt = now
    else news.acctAt = now
    news.cleared.add(kind === 'auth' ? 'bad-auth-secret' : 'bad-acct-secret')
    if (!withMessageAuthenticator) return
    news.cleared.add('no-message-authenticator').add('bad-message-authenticator')
    if (nas.messageAuthenticatorSeen) return
    nas.messageAuthenticatorSeen = true
    news.messageAuthenticatorSeen = true
    // Not a second later: a restart in between would forget it.
    setImmediate(() => void this.flush())
  }

  /** A packet that did not verify. */
  refused(nas: Neighbour, kind: 'auth' | 'acct', reason: Unverified['reason']) {
    if (reason === 'no-message-authenticator') this.problem(nas, reason)
    else this.problem(nas, kind === 'auth' ? 'bad-auth-secret' : 'bad-acct-secret')
  }

  problem(nas: Neighbour, kind: NasProblem) {
    const { problems } = this.#of(nas)
    problems.set(kind, (problems.get(kind) ?? 0) + 1)
  }

  stranger(address: string, nasIdentifier: string) {
    const key = `${address}\n${nasIdentifier}`
    const known = this.#strangers.get(key)
    if (known) known.count++
    // Anybody can make up sources: what is kept between two writings is bounded.
    else if (this.#strangers.size < 100)
      this.#strangers.set(key, { address, nasIdentifier: nasIdentifier.slice(0, 253), count: 1 })
  }

  /** One writing after another; resolves when what was heard before now is written. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#write())
    return this.#flushing
  }

  async close() {
    clearInterval(this.#timer)
    await this.flush()
  }

  async #write() {
    if (this.#news.size === 0 && this.#strangers.size === 0) return
    const news = [...this.#news.values()]
    const strangers = [...this.#strangers.values()]
    this.#news = new Map()
    this.#strangers = new Map()
    try {
      const now = new Date()
      await recordNasNews(this.db, news, now)
      await recordStrangers(this.db, strangers, now)
    } catch (error) {
      this.onError(error)
    }
  }

  #of(nas: Neighbour): NasNews {
    let news = this.#news.get(nas.nasId)
    if (!news) {
      news = { merchantId: nas.merchantId, nasId: nas.nasId, problems: new Map(), cleared: new Set() }
      this.#news.set(nas.nasId, news)
    }
    return news
  }
}
