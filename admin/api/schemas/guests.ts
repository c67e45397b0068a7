import { z } from 'zod'
import { id, listOf, moment, pageQuery } from './shared.ts'

export const lifecycle = z.enum(['potential', 'active', 'key', 'dormant', 'lost', 'blocked'])
export type Lifecycle = z.infer<typeof lifecycle>
export const consentState = z.enum(['granted', 'denied', 'withdrawn', 'none'])
export type ConsentState = z.infer<typeof consentState>

/** Views every merchant has; they are what `segment` may be until segments can be made. */
export const view = z.enum(['all', 'regulars', 'recent', 'new', 'slipping', 'in-shop'])
export type View = z.infer<typeof view>

const commaList = <T extends z.ZodType<string, string>>(one: T) =>
  z
    .string()
    .transform((text) => text.split(',').filter(Boolean))
    .pipe(z.array(one))

export const guestsQuery = pageQuery.extend({
  /** Name, a whole phone number, or its last four digits. */
  q: z.string().max(80).optional(),
  segment: view.optional(),
  sort: z.enum(['lastSeen', 'firstSeen', 'visits', 'name']).default('lastSeen'),
  order: z.enum(['asc', 'desc']).optional(),
  /** Comma-separated; leave one out to mean 'not this one'. */
  lifecycle: commaList(lifecycle).optional(),
  site: id.optional(),
  consent: consentState.optional(),
  online: z.enum(['true', 'false']).optional(),
  seenWithinDays: z.coerce.number().int().min(1).max(3650).optional(),
  lastSeenBefore: moment.optional(),
  visitsMin: z.coerce.number().int().min(0).max(100_000).optional(),
  visitsMax: z.coerce.number().int().min(0).max(100_000).optional(),
})
export type GuestsQuery = z.infer<typeof guestsQuery>

export const guest = z.object({
  id,
  name: z.string().nullable(),
  /** Masked (`138****8000`) unless the asker may see it. Null where the guest has none. */
  phone: z.string().nullable(),
  visitCount: z.number().int(),
  firstSeenAt: moment,
  lastSeenAt: moment,
  lifecycle,
  regular: z.boolean(),
  online: z.boolean(),
  consents: z.object({ terms: z.boolean(), marketing: z.boolean(), marketingState: consentState }),
  /** Where the guest has been, last first. */
  sites: z.array(id),
})
export type Guest = z.infer<typeof guest>
export const guests = listOf(guest).extend({
  /** Guests of the whole merchant, whatever is filtered. */
  totalOfMerchant: z.number().int(),
})
export type Guests = z.infer<typeof guests>

export const guestViews = z.object({ items: z.array(z.object({ view, total: z.number().int() })) })
export type GuestViews = z.infer<typeof guestViews>

export const identity = z.object({
  id,
  kind: z.enum(['phone', 'wechat', 'email']),
  value: z.string(),
  country: z.string().nullable(),
  source: z.string(),
  isPrimary: z.boolean(),
  verifiedAt: moment.nullable(),
  wrongAt: moment.nullable(),
  wrongReason: z.string().nullable(),
  createdAt: moment,
})
export type Identity = z.infer<typeof identity>

export const device = z.object({
  id,
  /** Masked: `a6:4f:••:••:••:2e`. */
  mac: z.string(),
  isRandomised: z.boolean(),
  label: z.string().nullable(),
  firstSeenAt: moment,
  lastSeenAt: moment,
  online: z.boolean(),
  /** Goes online by itself until then; null: not remembered. */
  rememberedUntil: moment.nullable(),
  /** The open session, to disconnect it. */
  sessionId: id.nullable(),
})
export type Device = z.infer<typeof device>

export const field = z.object({
  field: z.string(),
  value: z.string().nullable(),
  kind: z.enum(['static', 'dynamic', 'computed']),
  source: z.string(),
  by: z.string().nullable(),
  at: moment,
  former: z.array(z.object({ value: z.string().nullable(), source: z.string(), at: moment })),
})
export type Field = z.infer<typeof field>

export const consentEntry = z.object({
  id,
  purpose: z.enum(['terms', 'marketing']),
  action: z.enum(['granted', 'denied', 'withdrawn']),
  at: moment,
  locale: z.string(),
  textId: id,
  textVersion: z.number().int(),
  textHash: z.string(),
  surface: z.string(),
  siteId: id.nullable(),
})
export type ConsentEntry = z.infer<typeof consentEntry>

export const guestProfile = guest.extend({
  blockedAt: moment.nullable(),
  locale: z.string().nullable(),
  firstSiteId: id.nullable(),
  identities: z.array(identity),
  devices: z.array(device),
  fields: z.array(field),
  /** Newest first, all of them: the proof. */
  consentHistory: z.array(consentEntry),
  inShop: z.object({ siteId: id, since: moment, nth: z.number().int() }).nullable(),
  visitsByMonth: z.array(z.object({ month: z.string(), visits: z.number().int() })),
  /** Median stay; null without a finished visit. */
  medianVisitSeconds: z.number().nullable(),
  /** Median days between visits and what follows from it; null under three visits. */
  rhythm: z.object({ everyDays: z.number(), expectedNextAt: moment }).nullable(),
  /** How often the asker revealed a number in the last 24 hours. */
  revealedToday: z.number().int(),
})
export type GuestProfile = z.infer<typeof guestProfile>

export const guestChange = z.object({
  name: z.string().max(80).nullable().optional(),
  blocked: z.boolean().optional(),
})
export type GuestChange = z.infer<typeof guestChange>

export const interactionInput = z.object({
  kind: z.enum(['note', 'call', 'complaint']),
  text: z.string().min(1).max(4000),
  siteId: id.optional(),
  correctsId: id.optional(),
})
export type InteractionInput = z.infer<typeof interactionInput>
export const interaction = z.object({
  id,
  kind: z.string(),
  text: z.string(),
  at: moment,
  by: z.string().nullable(),
})

/** Each reveal is written down with its reason. */
export const revealInput = z.object({ reason: z.string().trim().min(3).max(200), identityId: id.optional() })
export const revealed = z.object({ phone: z.string(), spaced: z.string(), revealedToday: z.number().int() })
export type Revealed = z.infer<typeof revealed>

export const wrongInput = z.object({ wrong: z.boolean(), reason: z.string().trim().max(200).optional() })

const base = { id: z.string(), at: moment, siteId: id.nullable() }
export const timelineItem = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('sign-in'), method: z.string(), deviceId: id.nullable() }),
  z.object({
    ...base,
    kind: z.literal('visit'),
    nth: z.number().int(),
    endedAt: moment.nullable(),
    seconds: z.number().int(),
    octets: z.string(),
  }),
  z.object({
    ...base,
    kind: z.literal('consent'),
    purpose: z.enum(['terms', 'marketing']),
    action: z.enum(['granted', 'denied', 'withdrawn']),
    textId: id,
    textVersion: z.number().int(),
    locale: z.string(),
    surface: z.string(),
  }),
  z.object({
    ...base,
    kind: z.literal('message'),
    messageKind: z.string(),
    channel: z.string(),
    text: z.string(),
    state: z.string(),
    problem: z.string().nullable(),
  }),
  z.object({
    ...base,
    kind: z.enum(['note', 'call', 'complaint', 'survey', 'purchase']),
    text: z.string(),
    by: z.string().nullable(),
    correctsId: id.nullable(),
  }),
  /** `what`: name, blocked, revealed, identity-wrong, device-forgotten … */
  z.object({
    ...base,
    kind: z.literal('change'),
    what: z.string(),
    value: z.string().nullable(),
    by: z.string().nullable(),
  }),
])
export type TimelineItem = z.infer<typeof timelineItem>
export const timelineKind = z.enum([
  'sign-in',
  'visit',
  'consent',
  'message',
  'note',
  'call',
  'complaint',
  'survey',
  'purchase',
  'change',
])
export type TimelineKind = z.infer<typeof timelineKind>
export const timelineQuery = pageQuery.extend({ kind: timelineKind.optional() })
export const timeline = listOf(timelineItem).extend({
  counts: z.partialRecord(timelineKind, z.number().int()),
})
export type Timeline = z.infer<typeof timeline>
