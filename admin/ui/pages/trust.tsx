import { useAsk } from '../ask.ts'
import { useFormat } from '../format.ts'
import { Light } from '../parts/light.tsx'
import { Main, PageHead, Section } from '../parts/main.tsx'
import { guestLocales } from '../places.ts'
import { to } from '../router.ts'
import { useWords } from '../words/index.ts'
import { AuditLog } from './trust/audit-log.tsx'

/** The proof: the audit log with the verdict on its chain, and which texts were agreed to. */
export function TrustPage() {
  const { trust: w } = useWords()
  const verdict = useAsk('GET /audit/verdict')
  const format = useFormat()
  return (
    <Main title={w.title}>
      <PageHead title={w.title} about={w.about}>
        {verdict.data && (
          <Light state={verdict.data.ok ? 'ok' : 'bad'}>
            <span class={verdict.data.ok ? 'ok' : 'bad'}>
              {verdict.data.ok ? w.verified(format.time(new Date())) : w.broken}
            </span>
          </Light>
        )}
      </PageHead>
      <div class="trust">
        <div>
          <AuditLog verdict={verdict} />
        </div>
        <aside aria-labelledby="texts-h">
          <Texts />
        </aside>
      </div>
    </Main>
  )
}

const purposes = ['terms', 'marketing'] as const

function Texts() {
  const { trust: w } = useWords()
  const format = useFormat()
  const { data } = useAsk('GET /consent-texts')
  const lines = purposes.flatMap((purpose) => {
    const texts = data?.items.filter((text) => text.purpose === purpose && text.isCurrent) ?? []
    const newest = texts.toSorted((one, other) => other.version - one.version)[0]
    return newest ? [{ purpose, texts, newest }] : []
  })
  return (
    <Section
      id="texts-h"
      title={w.texts}
      end={
        <a class="link" href={to('/settings/consent-texts')}>
          {w.toTexts}
        </a>
      }
    >
      <ul class="vers">
        {lines.map(({ purpose, texts, newest }) => (
          <li key={purpose}>
            <b>{w.purposes[purpose]}</b>
            <span>v{newest.version}</span>
            <span class="sub">
              {w.textLine(
                texts
                  .map(({ locale }) => guestLocales.find(({ value }) => value === locale)?.label ?? locale)
                  .join(', '),
                format.date(newest.createdAt),
                format.number(texts.reduce((sum, { agreed }) => sum + agreed, 0)),
              )}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
