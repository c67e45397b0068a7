import { z } from 'zod'
import { id, listOf, moment } from './shared.ts'

export const apiKey = z.object({
  id,
  name: z.string(),
  /** First characters, to tell it by. */
  hint: z.string(),
  /** May see phone numbers in full. */
  mayReveal: z.boolean(),
  lastUsedAt: moment.nullable(),
  createdAt: moment,
})
export type ApiKey = z.infer<typeof apiKey>
export const apiKeys = listOf(apiKey)
export const apiKeyInput = z.object({
  name: z.string().trim().min(1).max(80),
  mayReveal: z.boolean().default(false),
})
export type ApiKeyInput = z.infer<typeof apiKeyInput>
/** `key` is told once. */
export const apiKeyMade = apiKey.extend({ key: z.string() })
export type ApiKeyMade = z.infer<typeof apiKeyMade>
