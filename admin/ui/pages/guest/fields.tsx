import type { Field, GuestProfile } from '../../../api/schemas/guests.ts'
import { type Dates, useDates } from '../../dates.ts'
import { Icon } from '../../parts/icon.tsx'
import { Section } from '../../parts/main.tsx'
import { useWords, type Words } from '../../words/index.ts'
import { sourceWord } from './contacts.tsx'

const icons = { static: 'lock', dynamic: 'clock', computed: 'sum' } as const

/** What else is known: each with its kind, where it came from, and what it was before. */
export function Fields({ profile }: { profile: GuestProfile }) {
  const { guest: w } = useWords()
  return (
    <Section id="fields" title={w.fields.title}>
      {profile.fields.length === 0 ? (
        <p class="two none">{w.fields.none}</p>
      ) : (
        <dl>
          {profile.fields.map((field) => (
            <One key={field.field} field={field} />
          ))}
        </dl>
      )}
    </Section>
  )
}

function One({ field }: { field: Field }) {
  const { guest: w, guests } = useWords()
  const dates = useDates()
  const show = (value: string | null) => fieldValue(field.field, value, dates, w, guests)
  const source = field.kind === 'computed' ? '' : sourceWord(w.sources, field.source)
  return (
    <div class="cf">
      <dt>{sourceWord(w.fields.names, field.field)}</dt>
      <dd>{show(field.value)}</dd>
      <dd>
        <span class="kind">
          <Icon name={icons[field.kind]} />
          {w.fields.kind[field.kind]}
        </span>
      </dd>
      <dd class="sub">
        {w.fields.from(source, field.by === field.source ? '' : (field.by ?? ''), dates.day(field.at))}
        {field.former.length > 0 && (
          <details class="hist">
            <summary>{w.fields.former(field.former.length)}</summary>
            <ul>
              {field.former.map((former) => (
                <li key={former.at}>
                  <span>{w.fields.until(dates.day(former.at))}</span>
                  <span>
                    {show(former.value)}
                    {w.comma}
                    {sourceWord(w.sources, former.source)}
                  </span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </dd>
    </div>
  )
}

/** As people write it: dates as dates, codes as their words. */
export function fieldValue(
  name: string,
  value: string | null,
  dates: Dates,
  w: Words['guest'],
  guests: Words['guests'],
): string {
  if (value === null || value === '') return w.fields.empty
  if (name === 'birthday') return dates.birthday(value)
  if (name === 'lifecycle') return sourceWord(guests.lifecycle, value)
  if (name === 'language' || name === 'locale') return sourceWord(w.consents.languages, value)
  if (/^\d{4}-\d{2}-\d{2}T/.test(value)) return dates.day(value)
  return value
}
