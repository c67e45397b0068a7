import { useState } from 'preact/hooks'
import type { Site } from '../../../api/schemas/sites.ts'
import { type Locale, locales, useLocale } from '../../locale.ts'
import { Choice } from '../../parts/field.tsx'
import { Section } from '../../parts/main.tsx'
import { guestLocales } from '../../places.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { SplashDialog } from './splash-dialog.tsx'
import { SplashPreview } from './splash-preview.tsx'

/** What a guest sees, as it is now, in either language. */
export function SplashSection({ site, again }: { site: Site; again: () => Promise<void> }) {
  const { sites, shared } = useWords()
  const w = sites.splash
  const mayChange = useMay('sites.change')
  const [locale, setLocale] = useState<Locale>(useLocale())
  const [editing, setEditing] = useState(false)
  return (
    <Section
      id="splash-h"
      title={w.title}
      end={
        mayChange && (
          <button type="button" class="link" onClick={() => setEditing(true)}>
            {shared.edit}
          </button>
        )
      }
    >
      <SplashPreview
        slug={site.slug}
        siteName={site.name}
        locale={locale}
        change={JSON.stringify([site.name, site.subtitle, site.look, site.planId])}
      />
      <p class="under">
        <Choice
          label={w.language}
          value={locale}
          options={locales.map((one) => ({
            value: one,
            label: guestLocales.find(({ value }) => value === one)?.label ?? one,
          }))}
          onChange={setLocale}
        />
      </p>
      {editing && <SplashDialog site={site} again={again} onClose={() => setEditing(false)} />}
    </Section>
  )
}
