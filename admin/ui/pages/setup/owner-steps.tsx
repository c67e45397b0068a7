import { useState } from 'preact/hooks'
import { call } from '../../call.ts'
import { useLocale } from '../../locale.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { type Errors, isClean, useSending } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { countries, guestLocales, ownCountry, ownTimeZone, timeZones } from '../../places.ts'
import { useWords } from '../../words/index.ts'
import { Path, type Step } from './path.tsx'
import { StepForm } from './step-form.tsx'

type Draft = {
  owner: { name: string; email: string; password: string }
  merchant: { name: string; country: string; locale: string }
  site: { name: string; ssid: string; timeZone: string }
}
type Part = keyof Draft

/** Owner, business, site: three short forms, sent as one, so that nothing half-made stays behind. */
export function OwnerSteps({ code, onMade }: { code: string; onMade: () => Promise<void> }) {
  const locale = useLocale()
  const [at, setAt] = useState<Extract<Step, 'owner' | 'business' | 'site'>>('owner')
  const [draft, setDraft] = useState<Draft>(() => ({
    owner: { name: '', email: '', password: '' },
    merchant: { name: '', country: ownCountry(), locale },
    site: { name: '', ssid: '', timeZone: ownTimeZone() },
  }))
  const { busy, problem, send } = useSending()
  const change = <P extends Part>(part: P, change: Partial<Draft[P]>) =>
    setDraft((before) => ({ ...before, [part]: { ...before[part], ...change } }))
  const make = () =>
    send(async () => {
      const { owner, merchant, site } = draft
      await call('POST /setup', {
        body: {
          code,
          owner: { name: owner.name.trim(), email: owner.email.trim(), password: owner.password },
          merchant: { ...merchant, name: merchant.name.trim() },
          site: { name: site.name.trim(), timeZone: site.timeZone, ssid: site.ssid.trim() || undefined },
        },
      })
      await onMade()
    })
  const told = { owner: draft.owner.name, business: draft.merchant.name }
  return (
    <div class="first">
      <Path at={at} told={told} />
      <main id="main">
        {at === 'owner' && (
          <OwnerStep
            draft={draft.owner}
            change={(part) => change('owner', part)}
            onNext={() => setAt('business')}
          />
        )}
        {at === 'business' && (
          <BusinessStep
            draft={draft.merchant}
            change={(part) => change('merchant', part)}
            onBack={() => setAt('owner')}
            onNext={() => setAt('site')}
          />
        )}
        {at === 'site' && (
          <SiteStep
            draft={draft.site}
            change={(part) => change('site', part)}
            onBack={() => setAt('business')}
            onNext={make}
            busy={busy}
            problem={problem}
          />
        )}
      </main>
    </div>
  )
}

type StepProps<P extends Part> = {
  draft: Draft[P]
  change: (part: Partial<Draft[P]>) => void
  onNext: () => void
  onBack?: () => void
}

function OwnerStep({ draft, change, onNext }: StepProps<'owner'>) {
  const w = useWords().setup.owner
  const [errors, setErrors] = useState<Errors<'name' | 'email' | 'password'>>({})
  const length = [...draft.password].length
  const next = () => {
    const found = {
      name: draft.name.trim() ? undefined : w.needName,
      email: /^\S+@\S+\.\S+$/.test(draft.email.trim()) ? undefined : w.needEmail,
      password: length >= 12 ? undefined : w.passwordShort(12 - length),
    }
    setErrors(found)
    if (isClean(found)) onNext()
  }
  return (
    <StepForm title={w.title} about={w.about} next={w.next} aside={w.nothingSent} onSubmit={next}>
      <TextField
        label={w.name}
        name="name"
        autocomplete="name"
        maxLength={80}
        value={draft.name}
        error={errors.name}
        onInput={(name) => change({ name })}
      />
      <TextField
        label={w.email}
        type="email"
        name="email"
        autocomplete="username"
        inputMode="email"
        spellcheck={false}
        maxLength={200}
        value={draft.email}
        error={errors.email}
        onInput={(email) => change({ email })}
      />
      <PasswordField
        label={w.password}
        hint={length >= 12 ? w.passwordGood(length) : w.passwordHint}
        autocomplete="new-password"
        value={draft.password}
        error={length >= 12 ? undefined : errors.password}
        onInput={(password) => change({ password })}
      />
    </StepForm>
  )
}

function BusinessStep({ draft, change, onNext, onBack }: StepProps<'merchant'>) {
  const w = useWords().setup.business
  const locale = useLocale()
  const [error, setError] = useState<string>()
  const next = () => {
    const found = draft.name.trim() ? undefined : w.needName
    setError(found)
    if (!found) onNext()
  }
  return (
    <StepForm title={w.title} about={w.about} next={w.next} onSubmit={next} onBack={onBack}>
      <TextField
        label={w.name}
        name="organization"
        autocomplete="organization"
        maxLength={80}
        value={draft.name}
        error={error}
        onInput={(name) => change({ name })}
      />
      <SelectField
        label={w.country}
        hint={w.countryHint}
        value={draft.country}
        options={countries(locale, draft.country)}
        onChange={(country) => change({ country })}
      />
      <SelectField
        label={w.locale}
        hint={w.localeHint}
        value={draft.locale}
        options={guestLocales}
        onChange={(locale) => change({ locale })}
      />
    </StepForm>
  )
}

function SiteStep(props: StepProps<'site'> & { busy: boolean; problem: string | undefined }) {
  const w = useWords().setup.site
  const { draft, change } = props
  const [error, setError] = useState<string>()
  const next = () => {
    const found = draft.name.trim() ? undefined : w.needName
    setError(found)
    if (!found) props.onNext()
  }
  return (
    <StepForm
      title={w.title}
      about={w.about}
      next={w.next}
      onSubmit={next}
      onBack={props.onBack}
      busy={props.busy}
      problem={props.problem}
    >
      <TextField
        label={w.name}
        name="site"
        maxLength={80}
        value={draft.name}
        error={error}
        onInput={(name) => change({ name })}
      />
      <TextField
        label={w.ssid}
        hint={w.ssidHint}
        optional
        maxLength={32}
        value={draft.ssid}
        onInput={(ssid) => change({ ssid })}
      />
      <SelectField
        label={w.timeZone}
        hint={w.timeZoneHint}
        value={draft.timeZone}
        options={timeZones(draft.timeZone)}
        onChange={(timeZone) => change({ timeZone })}
      />
    </StepForm>
  )
}
