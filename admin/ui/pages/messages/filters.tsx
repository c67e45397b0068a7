import { ChipButton } from '../../parts/chip.tsx'
import { Icon } from '../../parts/icon.tsx'
import { useQuery } from '../../router.ts'
import { useWords } from '../../words/index.ts'

const states = ['delivered', 'sent', 'failed', 'unknown'] as const
const kinds = ['code', 'notice'] as const

/** Chips over the list; all but the number are in the address. */
export function Filters(props: {
  today: { delivered: number; failed: number } | undefined
  to: string
  onTo: (to: string) => void
}) {
  const { today } = props
  const { messages: w } = useWords()
  const [query, setQuery] = useQuery()
  const toggle = (name: 'state' | 'kind', value: string) =>
    setQuery({ [name]: query[name] === value ? undefined : value, message: undefined })
  const counts: Record<string, number | undefined> = { delivered: today?.delivered, failed: today?.failed }
  return (
    <div class="chips">
      {kinds.map((kind) => (
        <ChipButton key={kind} pressed={query.kind === kind} onClick={() => toggle('kind', kind)}>
          {w.kinds[kind]}
        </ChipButton>
      ))}
      {states.map((state) => (
        <ChipButton key={state} pressed={query.state === state} onClick={() => toggle('state', state)}>
          {w.states[state]}
          {counts[state] ? <span class="two">{counts[state]}</span> : null}
        </ChipButton>
      ))}
      <label class="chip find-to">
        <Icon name="search" />
        <input
          type="search"
          class="bare"
          inputMode="tel"
          autocomplete="off"
          aria-label={`${w.filters.to}: ${w.searchTo}`}
          placeholder={w.searchTo}
          maxLength={40}
          value={props.to}
          onInput={(event) => props.onTo(event.currentTarget.value)}
        />
      </label>
    </div>
  )
}
