import { useState } from 'preact/hooks'
import type { Plan } from '../../../api/schemas/plans.ts'
import type { Site } from '../../../api/schemas/sites.ts'
import { useFormat } from '../../format.ts'
import { useLocale } from '../../locale.ts'
import { CopyButton } from '../../parts/copy-box.tsx'
import { Section } from '../../parts/main.tsx'
import { countries, guestLocales } from '../../places.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { useHoursText } from './opening-hours.tsx'
import { EditSiteDialog } from './site-dialogs.tsx'

export function Particulars(props: { site: Site; plans: Plan[]; again: () => Promise<void> }) {
  const { sites, shared, plans } = useWords()
  const hoursText = useHoursText()
  const w = sites.site
  const { site } = props
  const locale = useLocale()
  const format = useFormat()
  const mayChange = useMay('sites.change')
  const [editing, setEditing] = useState(false)
  const country = countries(locale, site.country).find(({ value }) => value === site.country)?.label
  return (
    <Section
      id="particulars-h"
      title={w.about}
      end={
        mayChange && (
          <button type="button" class="link" onClick={() => setEditing(true)}>
            {shared.edit}
          </button>
        )
      }
    >
      <dl class="kv lined">
        <dt>{w.ssid}</dt>
        <dd>{site.ssid ?? '–'}</dd>
        <dt>{w.country}</dt>
        <dd>{country}</dd>
        <dt>{w.timeZone}</dt>
        <dd>{site.timeZone.replaceAll('_', ' ')}</dd>
        <dt>{w.locale}</dt>
        <dd>{guestLocales.find(({ value }) => value === site.locale)?.label ?? site.locale}</dd>
        <dt>{plans.hours.title}</dt>
        <dd>
          {site.openingHours
            ? hoursText(site.openingHours).map((line) => <div key={line}>{line}</div>)
            : plans.hours.always}
        </dd>
        <dt>{w.portal}</dt>
        <dd class="portal-url">
          <code class="mono small">{site.portalUrl}</code> <CopyButton text={site.portalUrl} />
        </dd>
      </dl>
      <p class="foot">{w.rule(format.decimal(site.visitGapSeconds / 3600))}</p>
      {editing && <EditSiteDialog {...props} onClose={() => setEditing(false)} />}
    </Section>
  )
}
