import { useAsk } from '../../ask.ts'
import { call } from '../../call.ts'
import { useFailureText } from '../../failure-text.ts'
import { SelectField } from '../../parts/field.tsx'
import { Light } from '../../parts/light.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { toast } from '../../parts/toast.tsx'
import { guestLocales } from '../../places.ts'
import { useMay, useSession } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Setting } from './setting.tsx'

/** What guests can read, and where each language comes first. */
export function Languages() {
  const { settings } = useWords()
  const w = settings.languages
  const { me, again } = useSession()
  const mayChange = useMay('merchant.change')
  const textOf = useFailureText()
  const { data: texts } = useAsk('GET /consent-texts')
  const { data: sites } = useAsk('GET /sites')
  const versionOf = (locale: string, purpose: 'terms' | 'marketing') => {
    const text = texts?.items.find((one) => one.locale === locale && one.purpose === purpose && one.isCurrent)
    return text ? `v${text.version}` : w.missing
  }
  const setFirst = async (locale: string) => {
    const set = async (next: string) => {
      await call('PATCH /merchant', { body: { locale: next } })
      await again()
    }
    try {
      await set(locale)
      toast(settings.saved, { undo: () => set(me.merchant.locale) })
    } catch (error) {
      toast(textOf(error), { bad: true })
    }
  }
  return (
    <Setting id="languages" title={w.title} help={w.help}>
      <TableFrame label={w.title}>
        <table class="grid">
          <Head
            columns={[
              { label: w.columns.language },
              { label: w.columns.pages },
              { label: w.columns.terms },
              { label: w.columns.offers },
              { label: w.columns.first },
            ]}
          />
          <tbody>
            {guestLocales.map(({ value, label }) => {
              const first = sites?.items.filter(({ locale }) => locale === value).map(({ name }) => name)
              return (
                <tr key={value}>
                  <td>
                    <b lang={value}>{label}</b>
                  </td>
                  <td>
                    <Light state="ok">
                      <span class="ok">{w.complete}</span>
                    </Light>
                  </td>
                  <td>{texts && versionOf(value, 'terms')}</td>
                  <td>{texts && versionOf(value, 'marketing')}</td>
                  <td class="wrap two">{first?.length ? first.join(', ') : w.ifAsked}</td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </TableFrame>
      {mayChange && (
        <div class="narrow below">
          <SelectField
            label={w.first}
            hint={w.firstHelp}
            value={me.merchant.locale}
            options={guestLocales}
            onChange={setFirst}
          />
        </div>
      )}
    </Setting>
  )
}
