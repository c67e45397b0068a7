import type { Locale, Words } from './words/index.ts'

/** 18:40 in the site's zone; with seconds where asked. */
export function clock(at: Date, timeZone: string, withSeconds = false): string {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    ...(withSeconds ? { second: '2-digit' } : {}),
    hourCycle: 'h23',
  }).format(at)
}

/** 12 Mar 2026, 2026年3月12日. */
export function day(at: Date, timeZone: string, locale: Locale): string {
  const month = locale === 'en' ? 'short' : 'long'
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    timeZone,
    day: 'numeric',
    month,
    year: 'numeric',
  }).format(at)
}

/** The clock where it is within hours, else day and clock: 01:46; 26 Nov, 01:46. */
export function moment(at: Date, now: Date, timeZone: string, locale: Locale): string {
  const isSoon = Math.abs(at.getTime() - now.getTime()) < 20 * 3_600_000
  if (isSoon) return clock(at, timeZone)
  const sameYear = at.getUTCFullYear() === now.getUTCFullYear()
  return `${sameYear ? dayOfYear(at, timeZone, locale) : day(at, timeZone, locale)}${locale === 'en' ? ', ' : ' '}${clock(at, timeZone)}`
}

function dayOfYear(at: Date, timeZone: string, locale: Locale): string {
  const month = locale === 'en' ? 'short' : 'long'
  return new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, {
    timeZone,
    day: 'numeric',
    month,
  }).format(at)
}

/** 20, 1.5: bit/s as Mbit/s without needless digits. */
export const megabits = (bps: number) => String(Number((bps / 1_000_000).toFixed(bps < 10_000_000 ? 1 : 0)))

/** 500 MB, 2 GB: decimal, as phones show it. */
export function octets(count: bigint): string {
  const megabytes = Number(count) / 1e6
  return megabytes >= 1000
    ? `${Number((megabytes / 1000).toFixed(1))} GB`
    : `${Math.max(1, Math.round(megabytes))} MB`
}

/** 'Two hours, 20 Mbit/s.' */
export function planLine(
  plan: { sessionTimeoutSeconds: number | null; bandwidthDownBps: number | null },
  words: Words,
): string {
  const time = plan.sessionTimeoutSeconds === null ? undefined : words.duration(plan.sessionTimeoutSeconds)
  const speed = plan.bandwidthDownBps === null ? undefined : words.speed(megabits(plan.bandwidthDownBps))
  return words.splash.plan(time, speed)
}
