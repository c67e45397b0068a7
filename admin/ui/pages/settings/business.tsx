import { useState } from 'preact/hooks'
import type { Merchant } from '../../../api/schemas/merchant.ts'
import { useAsk } from '../../ask.ts'
import { call } from '../../call.ts'
import { useLocale } from '../../locale.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { Chip } from '../../parts/chip.tsx'
import { SelectField, TextField } from '../../parts/field.tsx'
import { type Errors, isClean, Problem, useSending } from '../../parts/form.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { toast } from '../../parts/toast.tsx'
import { countries } from '../../places.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Setting } from './setting.tsx'

export function Business() {
  const { data, failure, slow, again } = useAsk('GET /merchant')
  if (data) return <BusinessForm merchant={data} again={again} />
  return failure ? <ErrorBox failure={failure} again={again} /> : slow ? <Skeleton /> : null
}

function BusinessForm({ merchant, again }: { merchant: Merchant; again: () => Promise<void> }) {
  const { settings, shared } = useWords()
  const w = settings.business
  const locale = useLocale()
  const session = useSession()
  const [name, setName] = useState(merchant.name)
  const [country, setCountry] = useState(merchant.country)
  const [contact, setContact] = useState(merchant.settings.privacyContact ?? '')
  const [perDay, setPerDay] = useState(String(merchant.settings.smsPerDay ?? ''))
  const [abroad, setAbroad] = useState(merchant.settings.smsCountries ?? [])
  const [errors, setErrors] = useState<Errors<'name' | 'perDay'>>({})
  const { busy, problem, send } = useSending()
  const limit = perDay.trim() === '' ? undefined : Number(perDay)
  const all = countries(locale, country)
  const labelOf = (code: string) => all.find(({ value }) => value === code)?.label ?? code
  const save = () => {
    const found = {
      name: name.trim() ? undefined : w.needName,
      perDay:
        limit === undefined || (Number.isInteger(limit) && limit >= 0 && limit <= 1_000_000)
          ? undefined
          : w.wrongPerDay,
    }
    setErrors(found)
    if (!isClean(found)) return
    send(async () => {
      const body = {
        name: name.trim(),
        country,
        settings: { smsCountries: abroad, smsPerDay: limit, privacyContact: contact.trim() || undefined },
      }
      await call('PATCH /merchant', { body })
      await Promise.all([again(), session.again()])
      toast(settings.saved)
    })
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <Setting id="business" title={w.title} help={w.help}>
        <div class="narrow">
          <TextField label={w.name} error={errors.name} maxLength={80} value={name} onInput={setName} />
          <SelectField
            label={w.country}
            hint={w.countryHint}
            value={country}
            options={all}
            onChange={setCountry}
          />
          <TextField
            label={w.contact}
            hint={w.contactHint}
            optional
            maxLength={200}
            value={contact}
            onInput={setContact}
          />
        </div>
      </Setting>
      <Setting id="texts" title={w.texts} help={w.textsHelp}>
        <div class="narrow">
          <TextField
            label={w.perDay}
            hint={w.perDayHint}
            error={errors.perDay}
            inputMode="numeric"
            value={perDay}
            onInput={setPerDay}
          />
          <SelectField
            label={w.countries}
            hint={w.countriesHint}
            value=""
            options={[
              { value: '', label: w.addCountry },
              ...all.filter(({ value }) => !abroad.includes(value)),
            ]}
            onChange={(code) => code && setAbroad([...abroad, code])}
          />
          <div class="chips">
            {abroad.map((code) => (
              <Chip
                key={code}
                value={labelOf(code)}
                removeLabel={w.removeCountry(labelOf(code))}
                onRemove={() => setAbroad(abroad.filter((one) => one !== code))}
              />
            ))}
          </div>
        </div>
        <Problem>{problem}</Problem>
        <Button go type="submit" busy={busy}>
          {shared.save}
        </Button>
      </Setting>
    </form>
  )
}
