import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { createdAt, merchantId, moment } from './columns.ts'
import { sites } from './sites.ts'

export type GatewayFamily = 'uam' | 'opennds'
/** `auto`: required once one valid packet carried it (RFC 3579 §3.2, CVE-2024-3596). */
export type MessageAuthenticatorRule = 'require' | 'auto' | 'off'

/** A gateway: access point, controller or router. RADIUS calls it the NAS. */
export const nas = pgTable(
  'nas',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    siteId: text('site_id').notNull(),
    name: text('name').notNull(),
    gateway: text('gateway').$type<GatewayFamily>().notNull(),
    /** Source address of its packets; null where it changes and only NAS-Identifier tells. */
    address: text('address'),
    nasIdentifier: text('nas_identifier'),
    /** Its certificate over TLS (RadSec): SHA-256 fingerprint, or a name in it; see `parseTlsIdentity`. */
    tlsIdentity: text('tls_identity'),
    /** RADIUS shared secret, sealed. */
    secretSealed: text('secret_sealed').notNull(),
    /** A former secret that is still good until `formerSecretUntil` (rotation with overlap). */
    formerSecretSealed: text('former_secret_sealed'),
    formerSecretUntil: moment('former_secret_until'),
    /** uamsecret of CoovaChilli, faskey of openNDS, sealed. */
    portalSecretSealed: text('portal_secret_sealed'),
    coaPort: integer('coa_port').notNull().default(3799),
    messageAuthenticator: text('message_authenticator')
      .$type<MessageAuthenticatorRule>()
      .notNull()
      .default('auto'),
    messageAuthenticatorSeenAt: moment('message_authenticator_seen_at'),
    /** MAC authentication with password = user name, or an empty one, is accepted from this NAS. */
    macAuth: boolean('mac_auth').notNull().default(true),
    acctInterimIntervalSeconds: integer('acct_interim_interval_seconds').notNull().default(600),
    lastSeenAt: moment('last_seen_at'),
    lastAuthAt: moment('last_auth_at'),
    lastAcctAt: moment('last_acct_at'),
    removedAt: moment('removed_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('nas_address').on(t.address),
    index('nas_identifier').on(t.nasIdentifier),
    index('nas_tls_identity').on(t.tlsIdentity).where(sql`tls_identity is not null`),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)

/** What is wrong with a NAS, counted by kind; cleared by the next good packet of that kind. */
export const nasProblems = pgTable(
  'nas_problems',
  {
    merchantId: merchantId(),
    nasId: text('nas_id').notNull(),
    /** bad-auth-secret, bad-acct-secret, no-message-authenticator, clock, malformed … */
    kind: text('kind').notNull(),
    count: bigint('count', { mode: 'number' }).notNull().default(0),
    firstAt: moment('first_at').notNull(),
    lastAt: moment('last_at').notNull(),
    clearedAt: moment('cleared_at'),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.nasId, t.kind] }),
    foreignKey({ columns: [t.merchantId, t.nasId], foreignColumns: [nas.merchantId, nas.id] }),
  ],
)

/** Packets from an address no merchant has registered. No tenant: nobody owns it yet. */
export const unknownNas = pgTable(
  'unknown_nas',
  {
    id: text('id').primaryKey(),
    address: text('address').notNull(),
    nasIdentifier: text('nas_identifier').notNull().default(''),
    count: bigint('count', { mode: 'number' }).notNull().default(0),
    firstAt: moment('first_at').notNull(),
    lastAt: moment('last_at').notNull(),
    ignoredAt: moment('ignored_at'),
  },
  (t) => [uniqueIndex('unknown_nas_source').on(t.address, t.nasIdentifier)],
)

/** One attribute as people read it. */
export type ShownAttribute = { name: string; value: string; isMasked: boolean }
export type ShownPacket = {
  purpose: 'auth' | 'acct'
  /** Access-Request, Accounting-Request. */
  code: string
  identifier: number
  length: number
  attributes: ShownAttribute[]
}

/** The last packet of each NAS, for the panel. What is secret or personal is masked before it is written. */
export const nasLastPackets = pgTable(
  'nas_last_packets',
  {
    merchantId: merchantId(),
    nasId: text('nas_id').notNull(),
    at: moment('at').notNull(),
    packet: jsonb('packet').$type<ShownPacket>().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.nasId] }),
    foreignKey({ columns: [t.merchantId, t.nasId], foreignColumns: [nas.merchantId, nas.id] }),
  ],
)
