import type { Db } from '../db/index.ts'
import { type KnownNas, loadKnownNas, watchKnownNas } from '../db/network/nas-lookup.ts'
import { Secret } from './authenticator.ts'
import type { Packet } from './packet.ts'

/** A NAS with its secrets ready to verify with. */
export type Neighbour = Omit<KnownNas, 'secrets'> & { secrets: Secret[] }

/**
 * Who may speak to us. Kept in memory and read anew whenever any process changes a NAS; a packet never waits for
 * the database to learn whose it is.
 */
export class Neighbours {
  #byAddress = new Map<string, Neighbour[]>()
  #byIdentifier = new Map<string, Neighbour[]>()
  #byCertificate = new Map<string, Neighbour[]>()
  #byId = new Map<string, Neighbour>()
  #unwatch: (() => Promise<void>) | undefined
  #loading: Promise<void> | undefined
  #again = false
  #isClosed = false
  readonly #opened = new Map<string, string>()
  #expiry: NodeJS.Timeout | undefined

  constructor(
    private readonly db: Db,
    private readonly onError: (error: unknown) => void,
  ) {}

  async open(): Promise<void> {
    await this.reload()
    this.#unwatch = await watchKnownNas(this.db, () => void this.reload())
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#expiry)
    await this.#unwatch?.().catch(() => {})
    await this.#loading
  }

  /** Reads all anew. What changes while reading is read once more. */
  reload(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    if (this.#loading) {
      this.#again = true
      return this.#loading
    }
    this.#loading = this.#load().finally(() => {
      this.#loading = undefined
      if (this.#again) {
        this.#again = false
        void this.reload()
      }
    })
    return this.#loading
  }

  async #load() {
    try {
      const byAddress = new Map<string, Neighbour[]>()
      const byIdentifier = new Map<string, Neighbour[]>()
      const byCertificate = new Map<string, Neighbour[]>()
      const before = this.#byId
      const byId = new Map<string, Neighbour>()
      for (const nas of await loadKnownNas(this.db, this.#opened)) {
        const was = before.get(nas.nasId)
        const secrets = nas.secrets.map(
          (text) => was?.secrets.find((secret) => secret.is(text)) ?? new Secret(text),
        )
        // What was seen since the last writing down counts already.
        const messageAuthenticatorSeen =
          nas.messageAuthenticatorSeen || (was?.messageAuthenticatorSeen ?? false)
        const neighbour = { ...nas, secrets, messageAuthenticatorSeen }
        byId.set(nas.nasId, neighbour)
        if (nas.tlsIdentity) push(byCertificate, nas.tlsIdentity, neighbour)
        if (nas.address) push(byAddress, nas.address, neighbour)
        else if (nas.nasIdentifier) push(byIdentifier, nas.nasIdentifier, neighbour)
      }
      this.#byAddress = byAddress
      this.#byIdentifier = byIdentifier
      this.#byCertificate = byCertificate
      this.#byId = byId
      this.#expire([...byId.values()])
    } catch (error) {
      this.onError(error)
    }
  }

  /**
   * Who this packet may come from, likeliest first: by its source address (RFC 2865 §5.4: never by NAS-IP-Address),
   * and by NAS-Identifier where several share the address or it changes. A claim until a secret verifies it.
   */
  candidates(address: string, packet: Packet): readonly Neighbour[] {
    const here = this.#byAddress.get(address)
    if (here?.length === 1) return here
    const identifier = packet.text('NAS-Identifier')
    if (!here) return (identifier && this.#byIdentifier.get(identifier)) || none
    const named = here.filter((nas) => nas.nasIdentifier !== null && nas.nasIdentifier === identifier)
    if (named.length) return named
    const unnamed = here.filter((nas) => nas.nasIdentifier === null)
    return (unnamed.length ? unnamed : here).slice(0, maxCandidates)
  }

  /** Who may speak with a certificate of these names, the surest first. Never by address (RFC 6614 §2.3). */
  certified(names: readonly string[]): readonly Neighbour[] {
    for (const name of names) {
      const here = this.#byCertificate.get(name)
      if (here) return here
    }
    return none
  }

  /** A NAS by its id, for what we send to it. */
  find(nasId: string): Neighbour | undefined {
    return this.#byId.get(nasId)
  }

  /** Reads anew when the first former secret stops being good: nobody announces that. */
  #expire(all: Neighbour[]) {
    clearTimeout(this.#expiry)
    const ends = all.flatMap(({ formerSecretUntil }) =>
      formerSecretUntil ? [formerSecretUntil.getTime()] : [],
    )
    if (ends.length === 0) return
    const waitMs = Math.min(Math.max(Math.min(...ends) - Date.now() + 100, 100), 3_600_000)
    this.#expiry = setTimeout(() => void this.reload(), waitMs)
    this.#expiry.unref()
  }
}

/** Verifying costs a digest each: a crowd behind one address must say who it is. */
const maxCandidates = 8
const none: readonly Neighbour[] = []

function push(map: Map<string, Neighbour[]>, key: string, value: Neighbour) {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
