import { z } from 'zod'
import { id, listOf, moment } from './shared.ts'

export const consentText = z.object({
  id,
  purpose: z.enum(['terms', 'marketing']),
  locale: z.string(),
  version: z.number().int(),
  label: z.string(),
  text: z.string(),
  /** SHA-256 of label, newline, text. */
  hash: z.string(),
  createdAt: moment,
  isCurrent: z.boolean(),
  /** Guests whose newest word was a yes to this very version. */
  agreed: z.number().int(),
})
export type ConsentText = z.infer<typeof consentText>
export const consentTexts = listOf(consentText)
/** A new version; what was agreed to before stays as it is. */
export const consentTextInput = z.object({
  purpose: z.enum(['terms', 'marketing']),
  locale: z.string().regex(/^[a-z]{2}(-[A-Z]{2})?$/),
  label: z.string().trim().min(1).max(200),
  text: z.string().trim().min(1).max(20_000),
})
export type ConsentTextInput = z.infer<typeof consentTextInput>
