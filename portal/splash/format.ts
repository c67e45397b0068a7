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

/** The clock where it is today, else day and clock. */
export function moment(at: Date, now: Date, timeZone: string, locale: Locale): string {
  const today = day(at, timeZone, locale) === day(now, timeZone, locale)
  return today ? clock(at, timeZone) : `${day(at, timeZone, locale)} ${clock(at, timeZone)}`
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
