import { useState } from 'preact/hooks'
import type { ConsentText } from '../../../api/schemas/consent-texts.ts'
import { call } from '../../call.ts'
import { AreaField, SelectField, TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { guestLocales } from '../../places.ts'
import { useWords } from '../../words/index.ts'

type Purpose = ConsentText['purpose']

/** Begins with the words in use; what was agreed to before stays as it is. */
export function NewTextDialog(props: {
  all: ConsentText[]
  start: ConsentText | undefined
  again: () => Promise<void>
  onClose: () => void
}) {
  const { settings } = useWords()
  const w = settings.texts
  const { all, start, again, onClose } = props
  const [purpose, setPurpose] = useState<Purpose>(start?.purpose ?? 'terms')
  const [locale, setLocale] = useState(start?.locale ?? 'zh-CN')
  const ofSame = all.filter((text) => text.purpose === purpose && text.locale === locale)
  const before = ofSame.find(({ isCurrent }) => isCurrent)
  const version = Math.max(0, ...ofSame.map((text) => text.version)) + 1
  const [written, setWritten] = useState<{ label: string; text: string }>()
  const { label, text } = written ?? { label: before?.label ?? '', text: before?.text ?? '' }
  const [errors, setErrors] = useState<Errors<'label' | 'text'>>({})
  const check = () => {
    const isSame = before && before.label === label.trim() && before.text === text.trim()
    const found = {
      label: label.trim() ? undefined : w.needLabel,
      text: !text.trim() ? w.needText : isSame ? w.unchanged : undefined,
    }
    setErrors(found)
    return isClean(found)
  }
  const act = async () => {
    const made = await call('POST /consent-texts', {
      body: { purpose, locale, label: label.trim(), text: text.trim() },
    })
    await again()
    toast(w.published(made.version))
    onClose()
  }
  return (
    <FormDialog
      title={w.newTitle(version)}
      about={w.notLegal}
      submit={w.publish}
      check={check}
      act={act}
      onClose={onClose}
      wide
    >
      <div class="two-fields">
        <SelectField
          label={w.purpose}
          value={purpose}
          options={(['terms', 'marketing'] as const).map((value) => ({ value, label: w.purposes[value] }))}
          onChange={(value) => {
            setPurpose(value as Purpose)
            setWritten(undefined)
          }}
        />
        <SelectField
          label={w.language}
          value={locale}
          options={guestLocales}
          onChange={(value) => {
            setLocale(value)
            setWritten(undefined)
          }}
        />
      </div>
      <TextField
        label={w.label}
        hint={w.labelHint}
        error={errors.label}
        lang={locale}
        maxLength={200}
        value={label}
        onInput={(value) => setWritten({ label: value, text })}
      />
      <AreaField
        label={w.text}
        hint={w.textHint}
        error={errors.text}
        lang={locale}
        rows={10}
        maxLength={20_000}
        value={text}
        onInput={(value) => setWritten({ label, text: value })}
      />
    </FormDialog>
  )
}
