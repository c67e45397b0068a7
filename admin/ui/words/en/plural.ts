/** `plural(2, 'guest')` is '2 guests'. */
export const plural = (n: number, one: string, many = `${one}s`) =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`

const ends: Record<string, string> = { one: 'st', two: 'nd', few: 'rd', other: 'th' }
const rules = new Intl.PluralRules('en', { type: 'ordinal' })
/** 1st, 2nd, 33rd, 127th. */
export const ordinal = (n: number) => `${n.toLocaleString('en')}${ends[rules.select(n)] ?? 'th'}`
