import type { Context } from 'hono'
import type { Ctx } from '../../db/context.ts'
import type { Db } from '../../db/index.ts'
import type { Auth } from '../auth.ts'
import type { AdminConfig, Log } from '../config.ts'
import type { Locale } from '../words/index.ts'
import type { Answer, BodyOf, Contract, Operation, ParamsOf, QueryOf } from './contract.ts'
import type { Right, Role } from './schemas/me.ts'

/** Who asks: a member of staff by session cookie, or a program by its key. */
export type Asker = {
  /** Null where a key asks. */
  staffId: string | null
  accountId: string | null
  /** The session the cookie belongs to. */
  sessionId: string | null
  apiKeyId: string | null
  name: string
  role: Role | 'apiKey'
  /** Null: every site of the merchant. */
  siteIds: string[] | null
  rights: readonly Right[]
  /** May see phone numbers in full without asking one by one: only keys made so. */
  mayReveal: boolean
}

export type AdminDeps = { db: Db; config: AdminConfig; log: Log; now: () => Date; auth: Auth }

type Request<K extends Operation> = {
  params: ParamsOf<K>
  query: QueryOf<K>
  body: BodyOf<K>
  /** The asker's language: for every text in the answer. */
  locale: Locale
  deps: AdminDeps
  /** For headers and cookies; what was asked is in params, query and body, checked. */
  c: Context
}
/** An operation for which nobody has to be signed in; `signedIn` is there where somebody is. */
export type OpenOperation = {
  [K in Operation]: Contract[K]['access'] extends 'open' ? K : never
}[Operation]
export type Asked<K extends Operation> = K extends OpenOperation
  ? Request<K> & { now: Date; signedIn: { ctx: Ctx; asker: Asker } | undefined }
  : Request<K> & { ctx: Ctx; asker: Asker }
export type Handler<K extends Operation> = (asked: Asked<K>) => Promise<Answer<K>>
export type Handlers = { [K in Operation]: Handler<K> }

/** Whether the asker may see what belongs to this site. */
export const maySeeSite = (asker: Pick<Asker, 'siteIds'>, siteId: string) =>
  asker.siteIds === null || asker.siteIds.includes(siteId)
