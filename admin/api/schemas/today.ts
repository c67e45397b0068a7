import { z } from 'zod'
import { id, moment } from './shared.ts'

export const todayQuery = z.object({ site: id.optional() })

/** `before`: the same weekday last week, up to the same time of day. */
const compared = z.object({ value: z.number(), before: z.number() })

/** Why staff may want to say something, one at most. The UI has the words; figures are here. */
export const hint = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('birthday'), inDays: z.number().int() }),
  z.object({ kind: z.literal('complaint'), at: moment, text: z.string() }),
  z.object({ kind: z.literal('back-after'), days: z.number().int() }),
  z.object({ kind: z.literal('milestone'), nth: z.number().int() }),
  z.object({ kind: z.literal('first-visit'), agreedToOffers: z.boolean() }),
  z.object({ kind: z.literal('no-name-yet') }),
  z.object({ kind: z.literal('note'), text: z.string(), at: moment }),
  z.object({ kind: z.literal('back-soon'), days: z.number().int() }),
])
export type Hint = z.infer<typeof hint>

export const inShop = z.object({
  guestId: id,
  name: z.string().nullable(),
  phone: z.string().nullable(),
  /** Which visit to this merchant this is. */
  nth: z.number().int(),
  since: moment,
  regular: z.boolean(),
  siteId: id,
  hint: hint.nullable(),
})
export type InShop = z.infer<typeof inShop>

const dueBirthday = z.object({
  guestId: id,
  name: z.string().nullable(),
  phone: z.string().nullable(),
  on: z.string(),
  inDays: z.number().int(),
})
const dueGateway = z.object({
  nasId: id,
  siteId: id,
  name: z.string(),
  since: moment.nullable(),
  health: z.string(),
})
const dueComplaint = z.object({
  guestId: id,
  name: z.string().nullable(),
  phone: z.string().nullable(),
  at: moment,
  text: z.string(),
  /** When its 24 hours are over. */
  dueAt: moment,
})

export const today = z.object({
  at: moment,
  timeZone: z.string(),
  /** What `before` stands for: the same weekday a week ago, at the same time of day. */
  comparedWith: z.literal('weekday'),
  gateways: z.object({ answering: z.number().int(), total: z.number().int() }),
  numbers: z.object({
    onlineNow: compared,
    guests: compared,
    new: compared,
    returning: compared,
    /** Of the new ones. */
    agreedToOffers: compared,
    medianToOnlineMs: z.object({ value: z.number().nullable(), before: z.number().nullable() }),
  }),
  inShop: z.array(inShop),
  /** Guests who came and went earlier today. */
  earlierToday: z.number().int(),
  due: z.object({
    complaints: z.array(dueComplaint),
    gatewaysSilent: z.array(dueGateway),
    birthdays: z.array(dueBirthday),
  }),
  heat: z.object({
    /** First day counted, YYYY-MM-DD in the time zone. */
    from: z.string(),
    weeks: z.number().int(),
    /** Hours of the day that are columns. */
    hours: z.array(z.number().int()),
    /** [weekday, Monday first][hour]: visits begun in that hour, mean over the weeks, one decimal. */
    cells: z.array(z.array(z.number())),
    /** The cell of now, or null where it is none of them. */
    now: z.object({ weekday: z.number().int(), hour: z.number().int() }).nullable(),
  }),
})
export type Today = z.infer<typeof today>
