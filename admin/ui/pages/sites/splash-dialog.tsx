import { useState } from 'preact/hooks'
import type { Site } from '../../../api/schemas/sites.ts'
import { call } from '../../call.ts'
import { type Locale, locales } from '../../locale.ts'
import { AreaField, TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { useWords } from '../../words/index.ts'

type Written = Record<Locale, { welcome: string; title: string; text: string }>

/** The words a shop may put in: a line under its name, a welcome, an offer for whoever is online. */
export function SplashDialog(props: { site: Site; again: () => Promise<void>; onClose: () => void }) {
  const { sites, shared } = useWords()
  const w = sites.splash
  const { site, again, onClose } = props
  const [subtitle, setSubtitle] = useState(site.subtitle ?? '')
  const [written, setWritten] = useState<Written>(() => writtenOf(site))
  const [wrong, setWrong] = useState<Locale[]>([])
  const write = (locale: Locale, part: Partial<Written[Locale]>) =>
    setWritten((before) => ({ ...before, [locale]: { ...before[locale], ...part } }))
  const check = () => {
    const found = locales.filter(
      (locale) => Boolean(written[locale].title.trim()) !== Boolean(written[locale].text.trim()),
    )
    setWrong(found)
    return found.length === 0
  }
  const act = async () => {
    const before = { subtitle: site.subtitle, look: site.look }
    const patch = (body: typeof before) => call('PATCH /sites/:id', { params: { id: site.id }, body })
    await patch({ subtitle: subtitle.trim() || null, look: lookOf(site, written) })
    await again()
    toast(w.saved, { undo: () => patch(before).then(again) })
    onClose()
  }
  return (
    <FormDialog title={w.title} submit={shared.save} check={check} act={act} onClose={onClose} wide>
      <TextField
        label={w.subtitle}
        hint={w.subtitleHint}
        maxLength={80}
        value={subtitle}
        onInput={setSubtitle}
      />
      {locales.map((locale) => (
        <fieldset key={locale} class="lingual">
          <legend>{locale === 'en' ? w.inEnglish : w.inChinese}</legend>
          <TextField
            label={w.welcome}
            hint={w.welcomeHint}
            lang={locale}
            maxLength={120}
            value={written[locale].welcome}
            onInput={(welcome) => write(locale, { welcome })}
          />
          <TextField
            label={w.offerTitle}
            hint={w.offerTitleHint}
            lang={locale}
            maxLength={80}
            value={written[locale].title}
            onInput={(title) => write(locale, { title })}
          />
          <AreaField
            label={w.offerText}
            lang={locale}
            rows={2}
            maxLength={300}
            value={written[locale].text}
            error={wrong.includes(locale) ? w.needBoth : undefined}
            onInput={(text) => write(locale, { text })}
          />
        </fieldset>
      ))}
    </FormDialog>
  )
}

const writtenOf = ({ look }: Site): Written => {
  const of = (locale: Locale) => ({
    welcome: look.welcome?.[locale] ?? '',
    title: look.offer?.title[locale] ?? '',
    text: look.offer?.text[locale] ?? '',
  })
  return { en: of('en'), 'zh-CN': of('zh-CN') }
}

/** Only what was written: an empty line is none. */
function lookOf({ look }: Site, written: Written): Site['look'] {
  const collect = (part: keyof Written[Locale]) =>
    Object.fromEntries(
      locales.flatMap((locale) => {
        const text = written[locale][part].trim()
        return text ? [[locale, text] as const] : []
      }),
    )
  const [welcome, title, text] = [collect('welcome'), collect('title'), collect('text')]
  return {
    name: look.name,
    ...(Object.keys(welcome).length ? { welcome } : {}),
    ...(Object.keys(title).length ? { offer: { title, text } } : {}),
  }
}
