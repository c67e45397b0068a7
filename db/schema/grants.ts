import { sql } from 'drizzle-orm'
import {
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
import { createdAt, merchantId, moment, octets } from './columns.ts'
import { devices, guests } from './guests.ts'
import type { OpeningSpan } from './plans.ts'
import { sites } from './sites.ts'

/**
 * credential: the browser carries a one-time user name and secret to the NAS, which asks us by RADIUS.
 * mac: a remembered device goes online by MAC authentication, or by one tap where the NAS has none.
 * portal: the portal itself tells the gateway (openNDS).
 */
export type GrantAdmits = 'credential' | 'mac' | 'portal'

/**
 * Our decision: this device of this guest may be online at this site until then, within these limits.
 *
 * There is no status column. waiting, active, spent, expired, revoked are derived by `grantState` from the times
 * here and what its sessions used. Codes burn, credentials bind: first use sets `bound_*` by one conditional
 * UPDATE, and the pair it bound to is answered again for 60 s (RFC 5080 §2.10). The secret is not here at all:
 * it is derived from the user name with a key outside the database.
 */
export const grants = pgTable(
  'grants',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    deviceId: text('device_id').notNull(),
    siteId: text('site_id').notNull(),
    /** The NAS the guest came from; null: any NAS of the site. */
    nasId: text('nas_id'),
    mac: text('mac').notNull(),
    admits: text('admits').$type<GrantAdmits>().notNull(),
    /** sms, remembered, demo … */
    method: text('method').notNull(),
    planId: text('plan_id').notNull(),
    credentialUserName: text('credential_user_name'),
    credentialExpiresAt: moment('credential_expires_at'),
    boundNasId: text('bound_nas_id'),
    boundMac: text('bound_mac'),
    boundAt: moment('bound_at'),
    startsAt: moment('starts_at').notNull(),
    endsAt: moment('ends_at').notNull(),
    revokedAt: moment('revoked_at'),
    sessionTimeoutSeconds: integer('session_timeout_seconds'),
    idleTimeoutSeconds: integer('idle_timeout_seconds'),
    bandwidthUpBps: integer('bandwidth_up_bps'),
    bandwidthDownBps: integer('bandwidth_down_bps'),
    quotaOctets: octets('quota_octets'),
    devicesMax: integer('devices_max'),
    dailySeconds: integer('daily_seconds'),
    dailyOctets: octets('daily_octets'),
    monthlySeconds: integer('monthly_seconds'),
    monthlyOctets: octets('monthly_octets'),
    openingHours: jsonb('opening_hours').$type<OpeningSpan[]>(),
    isPrepaid: boolean('is_prepaid').notNull().default(false),
    /** Something about it has to be reckoned before an answer, see `meter_grant`. */
    isMetered: boolean('is_metered').notNull().default(false),
    /** Its guest has more devices than may be online at once: a place has to be taken (`take_device_slot`). */
    isCrowded: boolean('is_crowded').notNull().default(false),
    /** When the guest stood before the splash who got this grant: what 'time to online' counts from. */
    cameAt: moment('came_at'),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('grants_credential').on(t.credentialUserName),
    index('grants_mac').on(t.merchantId, t.siteId, t.mac, t.endsAt.desc()),
    index('grants_device')
      .on(t.merchantId, t.siteId, t.mac, t.endsAt.desc())
      .where(sql`admits = 'mac' and revoked_at is null`),
    index('grants_guest').on(t.merchantId, t.guestId, t.createdAt.desc()),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
    foreignKey({ columns: [t.merchantId, t.deviceId], foreignColumns: [devices.merchantId, devices.id] }),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)

/** One stay of a guest at a site: sessions closer together than the site's gap. */
export const visits = pgTable(
  'visits',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    guestId: text('guest_id').notNull(),
    siteId: text('site_id').notNull(),
    /** 1 for the first visit to this merchant. */
    nth: integer('nth').notNull(),
    startedAt: moment('started_at').notNull(),
    /** Last sign of life of any session in it. */
    endedAt: moment('ended_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    index('visits_guest').on(t.merchantId, t.guestId, t.siteId, t.startedAt.desc()),
    index('visits_site').on(t.merchantId, t.siteId, t.startedAt),
    index('visits_started').on(t.merchantId, t.startedAt),
    foreignKey({ columns: [t.merchantId, t.guestId], foreignColumns: [guests.merchantId, guests.id] }),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)

/** The NAS's report (RFC 2866). Counters only rise; a late packet never reopens what the NAS has stopped. */
export const sessions = pgTable(
  'sessions',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    siteId: text('site_id').notNull(),
    nasId: text('nas_id').notNull(),
    acctSessionId: text('acct_session_id').notNull(),
    /** 12 lower hex digits where it is a MAC, else as sent. */
    callingStationId: text('calling_station_id').notNull(),
    calledStationId: text('called_station_id'),
    acctMultiSessionId: text('acct_multi_session_id'),
    userName: text('user_name'),
    class: text('class'),
    framedIpAddress: text('framed_ip_address'),
    guestId: text('guest_id'),
    deviceId: text('device_id'),
    grantId: text('grant_id'),
    visitId: text('visit_id'),
    startedAt: moment('started_at').notNull(),
    updatedAt: moment('updated_at').notNull(),
    stoppedAt: moment('stopped_at'),
    sessionTimeSeconds: integer('session_time_seconds').notNull().default(0),
    inputOctets: octets('input_octets').notNull().default(sql`0`),
    outputOctets: octets('output_octets').notNull().default(sql`0`),
    inputPackets: octets('input_packets').notNull().default(sql`0`),
    outputPackets: octets('output_packets').notNull().default(sql`0`),
    terminateCause: text('terminate_cause'),
    /** Gigawords came at least once: its 32-bit counters never wrap unseen. */
    gigawordsSeen: boolean('gigawords_seen').notNull().default(false),
    /** Closed by us for want of news; the only closing a late Stop may correct. */
    isStale: boolean('is_stale').notNull().default(false),
    /** Its grant has a quota, a balance or hours: looked at whenever its counters rise. */
    isMetered: boolean('is_metered').notNull().default(false),
    /** missing-session-id, nas-clock, … */
    marks: jsonb('marks').$type<string[]>().notNull().default([]),
    disconnect: jsonb('disconnect').$type<{
      outcome: 'acknowledged' | 'refused' | 'unanswered' | 'waiting'
      at: string
      errorCause?: number
      /** Why it is ended, where no person said so. */
      why?: 'time' | 'volume'
    }>(),
    /** What the gateway said to the last change of its limits (CoA). */
    limitsChange: jsonb('limits_change').$type<{
      outcome: 'acknowledged' | 'refused' | 'unanswered' | 'waiting'
      at: string
      errorCause?: number
    }>(),
  },
  (t) => [
    primaryKey({ columns: [t.merchantId, t.id] }),
    uniqueIndex('sessions_key').on(t.merchantId, t.nasId, t.acctSessionId, t.callingStationId),
    index('sessions_guest').on(t.merchantId, t.guestId, t.startedAt.desc()),
    index('sessions_grant').on(t.merchantId, t.grantId),
    foreignKey({ columns: [t.merchantId, t.siteId], foreignColumns: [sites.merchantId, sites.id] }),
  ],
)

/** Every accounting packet as it came, append-only: replaying it gives the same sessions. */
export const accountingLog = pgTable(
  'accounting_log',
  {
    merchantId: merchantId(),
    id: text('id').notNull(),
    nasId: text('nas_id').notNull(),
    receivedAt: moment('received_at').notNull(),
    /** Raw attributes without password-like ones (RFC 2866 §4.1). */
    packet: text('packet').notNull(),
  },
  (t) => [primaryKey({ columns: [t.merchantId, t.id] })],
)
