import type { Nas } from '../../../api/schemas/nas.ts'
import { Choice } from '../../parts/field.tsx'
import { Section } from '../../parts/main.tsx'
import { useQuery } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import { MaskedSetupText } from './setup-text.tsx'

export function SetupTextSection({ siteId, gateways }: { siteId: string; gateways: Nas[] }) {
  const { sites: w } = useWords()
  const [query, setQuery] = useQuery()
  const nas = gateways.find((one) => one.id === query.text) ?? gateways[0]
  if (!nas) return null
  return (
    <Section
      id="text-h"
      title={w.text.title}
      about={w.text.of(nas.name, w.families[nas.gateway])}
      end={
        gateways.length > 1 && (
          <Choice
            label={w.text.title}
            value={nas.id}
            options={gateways.map((one) => ({ value: one.id, label: one.name }))}
            onChange={(text) => setQuery({ text })}
          />
        )
      }
    >
      <MaskedSetupText key={nas.id} siteId={siteId} nasId={nas.id} />
    </Section>
  )
}
