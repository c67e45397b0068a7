import { useState } from 'preact/hooks'
import type { Plan } from '../../../api/schemas/plans.ts'
import type { Site } from '../../../api/schemas/sites.ts'
import { call } from '../../call.ts'
import { useLocale } from '../../locale.ts'
import { SelectField, TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { countries, guestLocales, ownTimeZone, timeZones } from '../../places.ts'
import { useMe, useSession } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { areHoursGood, hoursOf, OpeningHours, rowsOf } from './opening-hours.tsx'

export function AddSiteDialog(props: { onClose: () => void; onAdded: (site: Site) => Promise<void> }) {
  const { sites } = useWords()
  const w = sites.site
  const locale = useLocale()
  const { me, again } = useSession()
  const [name, setName] = useState('')
  const [slug, setSlug] = useState('')
  const [ssid, setSsid] = useState('')
  const [country, setCountry] = useState(me.merchant.country)
  const [timeZone, setTimeZone] = useState(me.sites[0]?.timeZone ?? ownTimeZone())
  const [error, setError] = useState<string>()
  return (
    <FormDialog
      title={sites.addSite}
      submit={sites.addSite}
      onClose={props.onClose}
      check={() => {
        setError(name.trim() ? undefined : w.needName)
        return Boolean(name.trim())
      }}
      act={async () => {
        const body = {
          name: name.trim(),
          slug: slug.trim() || undefined,
          ssid: ssid.trim() || null,
          country,
          timeZone,
          locale: me.merchant.locale,
        }
        const site = await call('POST /sites', { body })
        await again()
        toast(w.added(site.name))
        await props.onAdded(site)
      }}
    >
      <TextField label={w.name} error={error} maxLength={80} value={name} onInput={setName} />
      <TextField
        label={w.slug}
        hint={w.slugHint}
        optional
        spellcheck={false}
        maxLength={64}
        value={slug}
        onInput={setSlug}
      />
      <TextField label={w.ssid} optional maxLength={32} value={ssid} onInput={setSsid} />
      <SelectField
        label={w.country}
        value={country}
        options={countries(locale, country)}
        onChange={setCountry}
      />
      <SelectField label={w.timeZone} value={timeZone} options={timeZones(timeZone)} onChange={setTimeZone} />
    </FormDialog>
  )
}

type Draft = {
  name: string
  ssid: string
  country: string
  timeZone: string
  locale: string
  planId: string
  rememberedPlanId: string
  rememberedDays: string
  visitGapHours: string
}

export function EditSiteDialog(props: {
  site: Site
  plans: Plan[]
  again: () => Promise<void>
  onClose: () => void
}) {
  const { sites, shared, plans: plansWords } = useWords()
  const w = sites.site
  const locale = useLocale()
  const { site, plans, again, onClose } = props
  const { merchant } = useMe()
  const session = useSession()
  const [draft, setDraft] = useState<Draft>({
    name: site.name,
    ssid: site.ssid ?? '',
    country: site.country || merchant.country,
    timeZone: site.timeZone,
    locale: site.locale,
    planId: site.planId,
    rememberedPlanId: site.rememberedPlanId ?? '',
    rememberedDays: String(site.rememberedDays),
    visitGapHours: String(site.visitGapSeconds / 3600),
  })
  const [hours, setHours] = useState(() => rowsOf(site.openingHours))
  const [errors, setErrors] = useState<Errors<keyof Draft | 'hours'>>({})
  const set =
    <K extends keyof Draft>(name: K) =>
    (value: string) =>
      setDraft((before) => ({ ...before, [name]: value }))
  const days = Number(draft.rememberedDays)
  const gap = Math.round(Number(draft.visitGapHours.replace(',', '.')) * 3600)
  const check = () => {
    const found: typeof errors = {
      name: draft.name.trim() ? undefined : w.needName,
      rememberedDays: Number.isInteger(days) && days >= 0 && days <= 730 ? undefined : w.wrongDays,
      visitGapHours: gap >= 360 && gap <= 172_800 ? undefined : w.wrongGap,
      hours: areHoursGood(hours) ? undefined : plansWords.hours.wrong,
    }
    setErrors(found)
    return isClean(found)
  }
  const act = async () => {
    await call('PATCH /sites/:id', {
      params: { id: site.id },
      body: {
        name: draft.name.trim(),
        ssid: draft.ssid.trim() || null,
        country: draft.country,
        timeZone: draft.timeZone,
        locale: draft.locale,
        planId: draft.planId,
        rememberedPlanId: draft.rememberedPlanId || null,
        rememberedDays: days,
        visitGapSeconds: gap,
        openingHours: hoursOf(hours),
      },
    })
    await Promise.all([again(), session.again()])
    toast(w.saved)
    onClose()
  }
  const planOptions = plans.map((plan) => ({ value: plan.id, label: plan.name }))
  return (
    <FormDialog title={sites.editSite} submit={shared.save} check={check} act={act} onClose={onClose} wide>
      <div class="two-fields">
        <TextField
          label={w.name}
          error={errors.name}
          maxLength={80}
          value={draft.name}
          onInput={set('name')}
        />
        <TextField label={w.ssid} optional maxLength={32} value={draft.ssid} onInput={set('ssid')} />
        <SelectField
          label={w.country}
          value={draft.country}
          options={countries(locale, draft.country)}
          onChange={set('country')}
        />
        <SelectField
          label={w.timeZone}
          value={draft.timeZone}
          options={timeZones(draft.timeZone)}
          onChange={set('timeZone')}
        />
        <SelectField label={w.locale} value={draft.locale} options={guestLocales} onChange={set('locale')} />
        <SelectField label={w.plan} value={draft.planId} options={planOptions} onChange={set('planId')} />
        <SelectField
          label={w.rememberedPlan}
          value={draft.rememberedPlanId}
          options={[{ value: '', label: w.samePlan }, ...planOptions]}
          onChange={set('rememberedPlanId')}
        />
        <TextField
          label={w.rememberedDays}
          hint={w.rememberedHint}
          error={errors.rememberedDays}
          inputMode="numeric"
          value={draft.rememberedDays}
          onInput={set('rememberedDays')}
        />
        <TextField
          label={w.visitGap}
          hint={w.visitGapHint}
          error={errors.visitGapHours}
          inputMode="decimal"
          value={draft.visitGapHours}
          onInput={set('visitGapHours')}
        />
      </div>
      <OpeningHours rows={hours} error={errors.hours} onChange={setHours} />
    </FormDialog>
  )
}
