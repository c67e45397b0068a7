import type { Site } from '../../../api/schemas/sites.ts'
import { call } from '../../call.ts'
import { useFailureText } from '../../failure-text.ts'
import { Switch } from '../../parts/field.tsx'
import { Light } from '../../parts/light.tsx'
import { Section } from '../../parts/main.tsx'
import { toast } from '../../parts/toast.tsx'
import { useMay, useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'

/** What the switch turns on where no number of days was chosen before. */
const usualDays = 90

/** How guests come in here. */
export function Ways({ site, again }: { site: Site; again: () => Promise<void> }) {
  const { sites } = useWords()
  const w = sites.ways
  const { messenger } = useMe()
  const mayChange = useMay('sites.change')
  const textOf = useFailureText()
  const remember = async (days: number) => {
    const set = async (rememberedDays: number) => {
      await call('PATCH /sites/:id', { params: { id: site.id }, body: { rememberedDays } })
      await again()
    }
    try {
      await set(days)
      toast(w.changed(days), { undo: () => set(site.rememberedDays) })
    } catch (error) {
      toast(textOf(error), { bad: true })
    }
  }
  return (
    <Section id="ways-h" title={w.title}>
      <ul class="ways">
        {site.methods.includes('sms') && (
          <li>
            <span>
              {w.sms}
              <small>{messenger === 'outbox' ? w.smsOutbox : w.smsVia(messenger)}</small>
            </span>
            <span class="end">
              <Light state="ok">{w.on}</Light>
            </span>
          </li>
        )}
        <li>
          <Switch
            label={w.remembered}
            hint={site.rememberedDays ? w.rememberedFor(site.rememberedDays) : w.rememberedOff}
            checked={site.rememberedDays > 0}
            disabled={!mayChange}
            onChange={(on) => remember(on ? usualDays : 0)}
          />
        </li>
      </ul>
    </Section>
  )
}
