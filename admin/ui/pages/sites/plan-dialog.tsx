import { useState } from 'preact/hooks'
import type { Plan } from '../../../api/schemas/plans.ts'
import { call } from '../../call.ts'
import { useFormat } from '../../format.ts'
import { TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { useWords } from '../../words/index.ts'

/** How a limit is typed, and what of it the API takes. Empty is no limit. */
const limits = {
  time: { of: 60, from: 1, to: 525_600 },
  idle: { of: 60, from: 1, to: 1440 },
  down: { of: 1_000_000, from: 0.01, to: 2000 },
  up: { of: 1_000_000, from: 0.01, to: 2000 },
  volume: { of: 1_000_000_000, from: 0.001, to: 1_000_000 },
  devices: { of: 1, from: 1, to: 100 },
} as const
type Limit = keyof typeof limits
const names = Object.keys(limits) as Limit[]

export function PlanDialog(props: {
  plan: Plan | undefined
  onClose: () => void
  again: () => Promise<void>
}) {
  const { sites, shared } = useWords()
  const w = sites.plans
  const format = useFormat()
  const { plan, onClose, again } = props
  const [name, setName] = useState(plan?.name ?? '')
  const [typed, setTyped] = useState<Record<Limit, string>>(() => typedOf(plan))
  const [errors, setErrors] = useState<Errors<Limit | 'name'>>({})
  const numberOf = (limit: Limit): number | null => {
    const text = typed[limit].trim().replace(',', '.')
    return text === '' ? null : Math.round(Number(text) * limits[limit].of)
  }
  const check = () => {
    const found: Errors<Limit | 'name'> = { name: name.trim() ? undefined : w.needName }
    for (const limit of names) {
      const { of, from, to } = limits[limit]
      const value = numberOf(limit)
      const isGood = value === null || (value >= from * of && value <= to * of)
      if (!isGood) found[limit] = w.wrong(String(from), format.number(to))
    }
    setErrors(found)
    return isClean(found)
  }
  const act = async () => {
    const volume = numberOf('volume')
    const body = {
      name: name.trim(),
      sessionTimeoutSeconds: numberOf('time'),
      idleTimeoutSeconds: numberOf('idle'),
      bandwidthDownBps: numberOf('down'),
      bandwidthUpBps: numberOf('up'),
      quotaOctets: volume === null ? null : String(volume),
      devicesMax: numberOf('devices'),
    }
    await (plan ? call('PATCH /plans/:id', { params: { id: plan.id }, body }) : call('POST /plans', { body }))
    await again()
    toast(w.saved)
    onClose()
  }
  return (
    <FormDialog
      title={plan ? w.edit : w.new}
      about={w.empty}
      submit={shared.save}
      check={check}
      act={act}
      onClose={onClose}
    >
      <TextField label={w.name} error={errors.name} maxLength={60} value={name} onInput={setName} />
      <div class="two-fields">
        {names.map((limit) => (
          <TextField
            key={limit}
            label={w[limit]}
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

function typedOf(plan: Plan | undefined): Record<Limit, string> {
  const text = (limit: Limit, value: number | null | undefined) =>
    value === null || value === undefined ? '' : String(value / limits[limit].of)
  return {
    time: text('time', plan?.sessionTimeoutSeconds),
    idle: text('idle', plan?.idleTimeoutSeconds),
    down: text('down', plan?.bandwidthDownBps),
    up: text('up', plan?.bandwidthUpBps),
    volume: text('volume', plan?.quotaOctets == null ? null : Number(plan.quotaOctets)),
    devices: text('devices', plan?.devicesMax),
  }
}
