import { useState } from 'preact/hooks'
import type { Plan } from '../../../api/schemas/plans.ts'
import { call } from '../../call.ts'
import { useFormat } from '../../format.ts'
import { TextField, Tick } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { useWords } from '../../words/index.ts'
import { areHoursGood, hoursOf, OpeningHours, rowsOf } from './opening-hours.tsx'

/** How a limit is typed, and what of it the API takes. Empty is no limit. */
const limits = {
  time: { of: 60, from: 1, to: 525_600 },
  idle: { of: 60, from: 1, to: 1440 },
  down: { of: 1_000_000, from: 0.01, to: 2000 },
  up: { of: 1_000_000, from: 0.01, to: 2000 },
  volume: { of: 1_000_000_000, from: 0.001, to: 1_000_000 },
  devices: { of: 1, from: 1, to: 100 },
  day: { of: 60, from: 1, to: 1440 },
  dayVolume: { of: 1_000_000_000, from: 0.001, to: 1_000_000 },
  month: { of: 3600, from: 0.1, to: 744 },
  monthVolume: { of: 1_000_000_000, from: 0.001, to: 1_000_000 },
  notice: { of: 60, from: 1, to: 1440 },
  noticePercent: { of: 1, from: 1, to: 90 },
} as const
type Limit = keyof typeof limits
const names = Object.keys(limits) as Limit[]
const ofEach = ['time', 'idle', 'down', 'up', 'volume', 'devices'] as const
const quotas = ['day', 'dayVolume', 'month', 'monthVolume'] as const
const notices = ['notice', 'noticePercent'] as const

export function PlanDialog(props: {
  plan: Plan | undefined
  onClose: () => void
  again: () => Promise<void>
}) {
  const { sites, shared, plans } = useWords()
  const w = sites.plans
  const labels: Record<Limit, string> = { ...w, ...plans }
  const format = useFormat()
  const { plan, onClose, again } = props
  const [name, setName] = useState(plan?.name ?? '')
  const [typed, setTyped] = useState<Record<Limit, string>>(() => typedOf(plan))
  const [isPrepaid, setIsPrepaid] = useState(plan?.isPrepaid ?? false)
  const [hours, setHours] = useState(() => rowsOf(plan?.openingHours ?? null))
  const [errors, setErrors] = useState<Errors<Limit | 'name' | 'hours'>>({})
  const numberOf = (limit: Limit): number | null => {
    const text = typed[limit].trim().replace(',', '.')
    return text === '' ? null : Math.round(Number(text) * limits[limit].of)
  }
  const check = () => {
    const found: Errors<Limit | 'name' | 'hours'> = {
      name: name.trim() ? undefined : w.needName,
      hours: areHoursGood(hours) ? undefined : plans.hours.wrong,
    }
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
    const text = (limit: Limit) => {
      const value = numberOf(limit)
      return value === null ? null : String(value)
    }
    const body = {
      name: name.trim(),
      sessionTimeoutSeconds: numberOf('time'),
      idleTimeoutSeconds: numberOf('idle'),
      bandwidthDownBps: numberOf('down'),
      bandwidthUpBps: numberOf('up'),
      quotaOctets: text('volume'),
      devicesMax: numberOf('devices'),
      dailySeconds: numberOf('day'),
      dailyOctets: text('dayVolume'),
      monthlySeconds: numberOf('month'),
      monthlyOctets: text('monthVolume'),
      openingHours: hoursOf(hours),
      isPrepaid,
      noticeSeconds: isPrepaid ? numberOf('notice') : null,
      noticePercent: isPrepaid ? numberOf('noticePercent') : null,
    }
    await (plan ? call('PATCH /plans/:id', { params: { id: plan.id }, body }) : call('POST /plans', { body }))
    await again()
    toast(w.saved)
    onClose()
  }
  const fields = (some: readonly Limit[]) => (
    <div class="two-fields">
      {some.map((limit) => (
        <TextField
          key={limit}
          label={labels[limit]}
          error={errors[limit]}
          inputMode="decimal"
          autocomplete="off"
          value={typed[limit]}
          onInput={(text) => setTyped((before) => ({ ...before, [limit]: text }))}
        />
      ))}
    </div>
  )
  return (
    <FormDialog
      wide
      title={plan ? w.edit : w.new}
      about={w.empty}
      submit={shared.save}
      check={check}
      act={act}
      onClose={onClose}
    >
      <TextField label={w.name} error={errors.name} maxLength={60} value={name} onInput={setName} />
      {fields(ofEach)}
      <p class="two">{plans.quotaHint}</p>
      {fields(quotas)}
      <OpeningHours rows={hours} error={errors.hours} onChange={setHours} />
      <Tick
        label={plans.prepaid}
        hint={plans.prepaidHint}
        checked={isPrepaid}
        onChange={(checked) => {
          setIsPrepaid(checked)
          if (checked && !typed.notice && !typed.noticePercent)
            setTyped((before) => ({ ...before, notice: '10', noticePercent: '10' }))
        }}
      />
      {isPrepaid && fields(notices)}
    </FormDialog>
  )
}

function typedOf(plan: Plan | undefined): Record<Limit, string> {
  const text = (limit: Limit, value: number | null | undefined) =>
    value === null || value === undefined ? '' : String(value / limits[limit].of)
  const octets = (limit: Limit, value: string | null | undefined) =>
    text(limit, value == null ? null : Number(value))
  return {
    time: text('time', plan?.sessionTimeoutSeconds),
    idle: text('idle', plan?.idleTimeoutSeconds),
    down: text('down', plan?.bandwidthDownBps),
    up: text('up', plan?.bandwidthUpBps),
    volume: octets('volume', plan?.quotaOctets),
    devices: text('devices', plan?.devicesMax),
    day: text('day', plan?.dailySeconds),
    dayVolume: octets('dayVolume', plan?.dailyOctets),
    month: text('month', plan?.monthlySeconds),
    monthVolume: octets('monthVolume', plan?.monthlyOctets),
    notice: text('notice', plan?.noticeSeconds),
    noticePercent: text('noticePercent', plan?.noticePercent),
  }
}
