import type { z } from 'zod'
import { type Locale, wordsOf } from './words/index.ts'

/** The first thing that is wrong, as a sentence: which field, and what it takes. Never what was sent. */
export function fieldFault(error: z.ZodError, locale: Locale): string {
  const issue = error.issues[0]
  const { field: w, errors } = wordsOf(locale)
  if (!issue) return errors['request.invalid'] ?? ''
  const field = issue.path.join('.') || 'body'
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined && issue.message.includes('undefined')
        ? w.missing(field)
        : w.kind(field, issue.expected)
    case 'too_big':
      return sized(issue.origin, w.tooLong, w.tooMany, w.tooBig)(field, String(issue.maximum))
    case 'too_small':
      return sized(issue.origin, w.tooShort, w.tooFew, w.tooSmall)(field, String(issue.minimum))
    case 'invalid_value':
      return w.oneOf(field, issue.values.map(String).join(', '))
    case 'invalid_format':
      if (issue.format === 'email') return w.email(field)
      return issue.format === 'datetime' ? w.moment(field) : w.other(field)
    case 'unrecognized_keys':
      return w.unknown(issue.keys.join(', '))
    default:
      return w.other(field)
  }
}

type Sentence = (field: string, limit: string) => string
const sized = (origin: string, text: Sentence, list: Sentence, number: Sentence): Sentence =>
  origin === 'string' ? text : origin === 'array' ? list : number
