import { useEffect } from 'preact/hooks'
import type { GuestProfile } from '../../../api/schemas/guests.ts'
import { useAsk, useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useWords } from '../../words/index.ts'
import { birthdayText } from '../today/hint.tsx'

/** What to know before saying hello: a birthday near, and what staff wrote last. */
export function Say({ profile, version }: { profile: GuestProfile; version: number }) {
  const { guest: w, today } = useWords()
  const dates = useDates()
  const now = useNow(600_000)
  const { data, again } = useAsk('GET /guests/:id/timeline', {
    params: { id: profile.id },
    query: { kind: 'note', limit: 1 },
  })
  useEffect(() => {
    if (version) again()
  }, [version, again])
  const [newest] = data?.items ?? []
  const note = newest?.kind === 'note' ? newest.text : undefined
  const inDays = daysToBirthday(profile, dates.key(now))
  const birthday = inDays !== undefined && inDays <= 10 && birthdayText(inDays, today.hints, dates, now)
  if (!note && !birthday) return null
  return <p class="say">{[birthday && birthday + w.stop.trim(), note].filter(Boolean).join(' ')}</p>
}

function daysToBirthday(profile: GuestProfile, today: string): number | undefined {
  const value = profile.fields.find((field) => field.field === 'birthday')?.value
  const monthDay = value && /(\d{2}-\d{2})$/.exec(value)?.[1]
  if (!monthDay) return undefined
  const from = Date.parse(today)
  const year = Number(today.slice(0, 4))
  const next = [year, year + 1].map((one) => Date.parse(`${one}-${monthDay}`)).find((at) => at >= from)
  return next === undefined || Number.isNaN(next) ? undefined : Math.round((next - from) / 86_400_000)
}
