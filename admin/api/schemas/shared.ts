import { z } from 'zod'

/** ISO 8601, always UTC. */
export const moment = z.iso.datetime()
/** Unsigned 64-bit counters do not fit a JSON number. */
export const octets = z.string().regex(/^\d{1,20}$/)
export const id = z.string().min(3).max(64)
/** By language: `{ en, 'zh-CN' }`. */
export const words = z.record(z.string().max(16), z.string().max(2000))

/** What every refusal and failure looks like. `code` is 'noun.problem'; `message` is in the asker's language. */
export const failure = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
export type Failure = z.infer<typeof failure>

/** One page of a list: `total` is true, `nextCursor` null at the end. */
export const listOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), total: z.number().int(), nextCursor: z.string().nullable() })

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(400).optional(),
})

/** Spans of a week by the clock of the site; day 1 is Monday; `to` not after `from` is the next day. Null: always. */
export const openingHours = z
  .array(
    z.object({
      day: z.number().int().min(1).max(7),
      from: z.string().regex(/^\d{2}:\d{2}$/),
      to: z.string().regex(/^\d{2}:\d{2}$/),
    }),
  )
  .min(1)
  .max(28)
  .nullable()

export const done = z.object({ ok: z.literal(true) })
