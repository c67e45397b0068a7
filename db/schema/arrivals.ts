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
import { bytea, createdAt, merchantId, moment } from './columns.ts'
import { nas } from './nas.ts'
import { sites } from './sites.ts'

export type ArrivalStep = 'splash' | 'code' | 'release' | 'online' | 'refused'

/** One redirect of a guest's browser, kept by gateway + device so that a reopened window finds its step. */
export const arrivals = pgTable(
  'arrivals',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    siteId: text('site_id').notNull(),
    nasId: text('nas_id').notNull(),
    /** 12 lower hex digits, as the redirect claims. */
    mac: text('mac').notNull(),
    ip: text('ip'),
    /** Where the browser's request came from: behind NAT the whole venue shares it. */
    peerIp: text('peer_ip'),
    ssid: text('ssid'),
    /** What the guest asked for; only ever shown as a checked link. */
    wantedUrl: text('wanted_url'),
    trust: text('trust').$type<'signed' | 'claimed'>().notNull(),
    /** What release needs back: challenge, hid, log-on address. */
    handle: jsonb('handle').$type<Record<string, string>>().notNull(),
    step: text('step').$type<ArrivalStep>().notNull().default('splash'),
    locale: text('locale'),
    /** The number as typed before it was proved, sealed; and which boxes were ticked. */
    phoneSealed: text('phone_sealed'),
    termsAccepted: boolean('terms_accepted').notNull().default(false),
    marketingAccepted: boolean('marketing_accepted').notNull().default(false),
    codeId: text('code_id'),
    grantId: text('grant_id'),
    releaseTries: integer('release_tries').notNull().default(0),
    firstSeenAt: moment('first_seen_at').notNull(),
    /** The first redirect of this coming: after half an hour of quiet it is a new one. */
    cameAt: moment('came_at'),
    seenAt: moment('seen_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('arrivals_device').on(t.merchantId, t.nasId, t.mac),
    index('arrivals_grant').on(t.merchantId, t.grantId),
    index('arrivals_peer').on(t.merchantId, t.siteId, t.peerIp, t.seenAt.desc()),
    uniqueIndex('arrivals_id').on(t.id),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
    foreignKey({ columns: [t.merchantId, t.nasId], foreignColumns: [nas.merchantId, nas.id] }),
  ],
)

/**
 * A one-time code. Live while `consumed_at` and `expires_at` allow; single use is one conditional UPDATE.
 * Only an HMAC under a key outside the database is kept (ASVS 2.7.5). Resending repeats the same code: it is derived
 * from the id of this row with that key, so the code itself stands nowhere.
 */
export const codes = pgTable(
  'codes',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    arrivalId: text('arrival_id').notNull(),
    siteId: text('site_id').notNull(),
    nasId: text('nas_id').notNull(),
    mac: text('mac').notNull(),
    phoneSealed: text('phone_sealed').notNull(),
    phoneIndex: bytea('phone_index').notNull(),
    /** HMAC of the number without its last four digits: limits by prefix. */
    prefixIndex: bytea('prefix_index').notNull(),
    codeHash: bytea('code_hash').notNull(),
    attempts: integer('attempts').notNull().default(0),
    sends: integer('sends').notNull().default(0),
    lastSentAt: moment('last_sent_at'),
    expiresAt: moment('expires_at').notNull(),
    consumedAt: moment('consumed_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('codes_arrival').on(t.merchantId, t.nasId, t.mac, t.createdAt.desc()),
    index('codes_phone').on(t.merchantId, t.phoneIndex, t.createdAt.desc()),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)

/** Append-only: every code message asked for. Limits count these rows, so they hold across processes. */
export const codeSends = pgTable(
  'code_sends',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    codeId: text('code_id').notNull(),
    siteId: text('site_id').notNull(),
    nasId: text('nas_id').notNull(),
    mac: text('mac').notNull(),
    phoneIndex: bytea('phone_index').notNull(),
    prefixIndex: bytea('prefix_index').notNull(),
    segments: integer('segments').notNull().default(1),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('code_sends_at').on(t.merchantId, t.at),
    index('code_sends_phone').on(t.merchantId, t.phoneIndex, t.at),
    index('code_sends_prefix').on(t.merchantId, t.prefixIndex, t.at),
    index('code_sends_device').on(t.merchantId, t.nasId, t.mac, t.at),
  ],
)

/** Wrong and right tries per number over codes (20 wrong in 24 h; 100 in a row lock for 24 h). */
export const codeTries = pgTable(
  'code_tries',
  {
    merchantId: merchantId(),
    seq: bigint('seq', { mode: 'number' }).generatedAlwaysAsIdentity(),
    phoneIndex: bytea('phone_index').notNull(),
    wasRight: boolean('was_right').notNull(),
    at: moment('at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.seq] }),
    index('code_tries_phone').on(t.merchantId, t.phoneIndex, t.at),
  ],
)
