import { z } from 'zod'
import { contract, type Endpoint, type Operation } from '../../admin/api/contract.ts'
import type { Asked } from '../admin/askers.ts'
import type { Belongings } from './two-merchants.ts'

export type Generated = { operation: Operation; asked: Asked }
type Json = { [key: string]: unknown }

/** What `:id` names, by the first word of the path; other names say it themselves. */
const nounOfPath: Record<string, string> = {
  '/me/sessions': 'signedIn',
  '/guests': 'guest',
  '/sessions': 'session',
  '/sites': 'site',
  '/nas/unknown': 'guest',
  '/nas': 'nas',
  '/plans': 'plan',
  '/staff': 'staff',
  '/api-keys': 'key',
}
/** What a field of a query or a body is filled with; the rest is plain text that is nobody's. */
const nounOfField: Record<string, string[]> = {
  siteId: ['site'],
  siteIds: ['site'],
  site: ['site'],
  nasId: ['nas'],
  nas: ['nas'],
  planId: ['plan'],
  rememberedPlanId: ['plan'],
  guest: ['guest'],
  identityId: ['identity'],
  deviceId: ['device'],
  correctsId: ['interaction'],
  merchantId: ['merchant'],
  slug: ['slug'],
  subject: ['guest', 'grant', 'site', 'staff', 'session'],
  actor: ['staff', 'key'],
  q: ['phone', 'lastFour', 'marker', 'guest'],
  to: ['phone', 'lastFour'],
  cursor: ['cursor'],
}

/**
 * Requests made from the contract itself, so that an operation added tomorrow is asked tomorrow: each carries at least
 * one thing of the stranger, in its path, its query or its body, among things of the asker's own.
 */
export function* requests(
  roll: () => number,
  own: Belongings,
  strange: Belongings,
  each: number,
): Generator<Generated> {
  for (const operation of Object.keys(contract) as Operation[])
    for (let index = 0; index < each; index++) yield new Filler(roll, own, strange).request(operation)
}

class Filler {
  readonly #roll: () => number
  readonly #own: Belongings
  readonly #strange: Belongings
  #carries = false
  constructor(roll: () => number, own: Belongings, strange: Belongings) {
    this.#roll = roll
    this.#own = own
    this.#strange = strange
  }

  /** Tried until something of the stranger is in it, where anything can be. */
  request(operation: Operation): Generated {
    const endpoint: Endpoint = contract[operation]
    const path = operation.split(' ')[1] ?? ''
    let asked: Asked = {}
    for (let tries = 0; tries < 20 && !this.#carries; tries++) {
      asked = { params: this.#params(path) }
      if (endpoint.query) asked.query = this.#query(endpoint.query)
      if (endpoint.body) asked.body = this.#value(z.toJSONSchema(endpoint.body, options) as Json, '')
    }
    return { operation, asked }
  }

  #params(path: string): Record<string, string> {
    const noun = Object.entries(nounOfPath).find(([start]) => path.startsWith(start))?.[1] ?? 'guest'
    return Object.fromEntries(
      [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => [
        name,
        this.#of(
          name === 'id'
            ? this.#roll() < 0.9
              ? [noun]
              : Object.keys(this.#strange)
            : [name.replace(/Id$/, '')],
        ),
      ]),
    )
  }

  #query(schema: z.ZodType): Record<string, string> {
    const filled = this.#value(z.toJSONSchema(schema, options) as Json, '') as Json
    return Object.fromEntries(
      Object.entries(filled)
        .filter(([, value]) => value !== null && typeof value !== 'object')
        .map(([name, value]) => [name, String(value)]),
    )
  }

  /** A value this JSON schema allows. */
  #value(schema: Json, name: string): unknown {
    const variants = (schema.anyOf ?? schema.oneOf) as Json[] | undefined
    if (variants) return this.#value(this.#pick(variants), name)
    if (schema.const !== undefined) return schema.const
    if (Array.isArray(schema.enum)) return this.#pick(schema.enum)
    switch (schema.type) {
      case 'object':
        return this.#object(schema)
      case 'array':
        return [this.#value(schema.items as Json, name)]
      case 'boolean':
        return this.#roll() < 0.5
      case 'integer':
      case 'number':
        return (
          Number(schema.minimum ?? 0) +
          Math.floor(
            this.#roll() * Math.min(100, Number(schema.maximum ?? 100) - Number(schema.minimum ?? 0)),
          )
        )
      case 'null':
        return null
      default:
        return this.#text(schema, name)
    }
  }

  #object(schema: Json): Json {
    const properties = (schema.properties ?? {}) as Record<string, Json>
    const required = (schema.required ?? []) as string[]
    const filled: Json = {}
    for (const [name, property] of Object.entries(properties)) {
      const isWanted = required.includes(name) || this.#roll() < (nounOfField[name] ? 0.8 : 0.4)
      if (isWanted) filled[name] = this.#value(property, name)
    }
    if (schema.additionalProperties && Object.keys(properties).length === 0) filled.en = 'Welcome'
    return filled
  }

  #text(schema: Json, name: string): string {
    const nouns = nounOfField[name]
    if (nouns) return this.#of(nouns)
    if (schema.format === 'email') return `somebody${Math.floor(this.#roll() * 1e6)}@example.com`
    if (schema.format === 'date-time') return new Date().toISOString()
    if (name === 'country') return 'CN'
    if (name === 'locale') return 'en'
    if (name === 'timeZone') return 'Asia/Shanghai'
    if (name === 'address') return '192.0.2.77'
    if (schema.pattern) return '123456'
    return 'some plain words'
      .slice(0, Number(schema.maxLength ?? 40))
      .padEnd(Number(schema.minLength ?? 0), 'x')
  }

  /** Mostly the stranger's, now and then the asker's own: so that what is deep inside is reached, too. */
  #of(nouns: string[]): string {
    const noun = this.#pick(nouns)
    const strange = this.#strange[noun] ?? []
    const own = this.#own[noun] ?? []
    const isStrange = this.#roll() < 0.7 && strange.length > 0
    if (isStrange) this.#carries = true
    return this.#pick(isStrange ? strange : own.length ? own : ['none']) ?? 'none'
  }

  #pick = <T>(from: readonly T[]): T => from[Math.floor(this.#roll() * from.length)] as T
}

const options = { io: 'input', unrepresentable: 'any' } as const
