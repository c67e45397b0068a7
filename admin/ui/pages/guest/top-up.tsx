import { useState } from 'preact/hooks'
import type { Balances, Plan } from '../../../api/schemas/plans.ts'
import { call } from '../../call.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { useWords } from '../../words/index.ts'

/** Minutes or volume for a guest, with what it was for: whoever takes the money signs for it. */
export function TopUpDialog(props: {
  guestId: string
  plans: Plan[]
  onDone: (balances: Balances) => void
  onClose: () => void
}) {
  const { plans: words } = useWords()
  const w = words.balance.dialog
  const [planId, setPlanId] = useState(props.plans[0]?.id ?? '')
  const [minutes, setMinutes] = useState('')
  const [volume, setVolume] = useState('')
  const [reason, setReason] = useState('')
  const [errors, setErrors] = useState<Errors<'plan' | 'amount' | 'reason'>>({})
  const numberOf = (text: string, unit: number) =>
    text.trim() === ''
      ? undefined
      : Math.round(Number(text.trim().replace(',', '.').replace('−', '-')) * unit)
  const seconds = numberOf(minutes, 60)
  const octets = numberOf(volume, 1_000_000_000)
  const check = () => {
    const amounts = [seconds, octets].filter((amount) => amount !== undefined)
    const isGood = amounts.length > 0 && amounts.every((amount) => Number.isFinite(amount) && amount !== 0)
    const found = {
      plan: planId ? undefined : w.noPlan,
      amount: isGood ? undefined : w.needAmount,
      reason: reason.trim() ? undefined : w.needReason,
    }
    setErrors(found)
    return isClean(found)
  }
  const act = async () => {
    const body = {
      planId,
      reason: reason.trim(),
      ...(seconds === undefined ? {} : { seconds }),
      ...(octets === undefined ? {} : { octets: String(octets) }),
    }
    props.onDone(await call('POST /guests/:id/balances', { params: { id: props.guestId }, body }))
    toast(w.done)
    props.onClose()
  }
  return (
    <FormDialog title={w.title} about={w.about} submit={w.go} check={check} act={act} onClose={props.onClose}>
      <SelectField
        label={w.plan}
        error={errors.plan}
        value={planId}
        options={props.plans.map((plan) => ({ value: plan.id, label: plan.name }))}
        onChange={setPlanId}
      />
      <div class="two-fields">
        <TextField
          label={w.minutes}
          hint={w.takeBack}
          error={errors.amount}
          inputMode="decimal"
          autocomplete="off"
          value={minutes}
          onInput={setMinutes}
        />
        <TextField
          label={w.volume}
          inputMode="decimal"
          autocomplete="off"
          value={volume}
          onInput={setVolume}
        />
      </div>
      <TextField
        label={w.reason}
        hint={w.reasonHint}
        error={errors.reason}
        maxLength={200}
        value={reason}
        onInput={setReason}
      />
    </FormDialog>
  )
}
