import { useState } from 'preact/hooks'
import type { LimitsInput } from '../../../api/schemas/sessions.ts'
import { useFormat } from '../../format.ts'
import { TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { useWords } from '../../words/index.ts'

/** How a limit is typed, and what of it the API takes. Empty stays as it is. */
const limits = {
  time: { of: 60, from: 1, to: 525_600 },
  volume: { of: 1_000_000_000, from: 0.001, to: 1_000_000 },
  down: { of: 1_000_000, from: 0.01, to: 2000 },
  up: { of: 1_000_000, from: 0.01, to: 2000 },
} as const
type Limit = keyof typeof limits
const names = Object.keys(limits) as Limit[]

/** What a device that is online may from now on. */
export function LimitsDialog(props: {
  title: string
  change: (body: LimitsInput) => Promise<void>
  onClose: () => void
}) {
  const { guest } = useWords()
  const w = guest.devices
  const format = useFormat()
  const [typed, setTyped] = useState<Record<Limit, string>>({ time: '', volume: '', down: '', up: '' })
  const [errors, setErrors] = useState<Errors<Limit>>({})
  const numberOf = (limit: Limit): number | undefined => {
    const text = typed[limit].trim().replace(',', '.')
    return text === '' ? undefined : Math.round(Number(text) * limits[limit].of)
  }
  const check = () => {
    const found: Errors<Limit> = {}
    for (const limit of names) {
      const { of, from, to } = limits[limit]
      const value = numberOf(limit)
      const isGood = value === undefined || (value >= from * of && value <= to * of)
      if (!isGood) found[limit] = w.limitWrong(String(from), format.number(to))
    }
    if (names.every((limit) => numberOf(limit) === undefined)) found.time = w.limitNone
    setErrors(found)
    return isClean(found)
  }
  const act = async () => {
    const volume = numberOf('volume')
    await props.change({
      secondsLeft: numberOf('time'),
      octetsLeft: volume === undefined ? undefined : String(volume),
      bandwidthDownBps: numberOf('down'),
      bandwidthUpBps: numberOf('up'),
    })
    props.onClose()
  }
  return (
    <FormDialog
      title={props.title}
      about={w.limitsText}
      submit={w.limitsGo}
      check={check}
      act={act}
      onClose={props.onClose}
    >
      <div class="two-fields">
        {names.map((limit) => (
          <TextField
            key={limit}
            label={w.limit[limit]}
            error={errors[limit]}
            inputMode="decimal"
            autocomplete="off"
            value={typed[limit]}
            onInput={(text) => setTyped((before) => ({ ...before, [limit]: text }))}
          />
        ))}
      </div>
    </FormDialog>
  )
}
