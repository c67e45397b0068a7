import { useState } from 'preact/hooks'
import type { ConsentEntry, GuestProfile } from '../../../api/schemas/guests.ts'
import { useFormat } from '../../format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Light } from '../../parts/light.tsx'
import { Section } from '../../parts/main.tsx'
import { useMay, useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Confirm } from './confirm.tsx'
import { sourceWord } from './contacts.tsx'
import type { Profile } from './use-profile.ts'

const purposes = ['terms', 'marketing'] as const
export const consentLight = { granted: 'ok', denied: 'off', withdrawn: 'bad' } as const

/** What was agreed to, with its proof: which text, when, where. What was said before stays below. */
export function Consents({ control, profile }: { control: Profile; profile: GuestProfile }) {
  const { guest: w } = useWords()
  const [asking, setAsking] = useState(false)
  return (
    <Section id="consents" title={w.consents.title}>
      {profile.consentHistory.length === 0 && <p class="two none">{w.consents.none}</p>}
      {purposes.map((purpose) => (
        <Purpose
          key={purpose}
          entries={profile.consentHistory.filter((entry) => entry.purpose === purpose)}
          withdraw={purpose === 'marketing' ? () => setAsking(true) : undefined}
        />
      ))}
      {asking && (
        <Confirm
          title={w.consents.withdrawTitle}
          text={w.consents.withdrawText}
          go={w.consents.withdrawGo}
          act={control.withdrawOffers}
          onClose={() => setAsking(false)}
        />
      )}
    </Section>
  )
}

function Purpose({ entries, withdraw }: { entries: ConsentEntry[]; withdraw?: () => void }) {
  const { guest: w } = useWords()
  const mayChange = useMay('guests.change')
  const [now, ...before] = entries
  if (!now) return null
  return (
    <div class="item">
      <Icon name={now.action === 'granted' ? 'check' : 'cross'} />
      <span class="val">{w.consents.purpose[now.purpose]}</span>
      <span class="ends">
        {withdraw && mayChange && now.action === 'granted' && (
          <button type="button" class="act small" onClick={withdraw}>
            {w.consents.withdraw}
          </button>
        )}
        <Light state={consentLight[now.action]}>{w.consents.state[now.action]}</Light>
      </span>
      <Proof entry={now} />
      {before.length > 0 && (
        <details class="more hist">
          <summary>{w.consents.former(before.length)}</summary>
          <ul>
            {before.map((entry) => (
              <li key={entry.id}>
                <span>{w.consents.state[entry.action]}</span>
                <ProofText entry={entry} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  )
}

const Proof = ({ entry }: { entry: ConsentEntry }) => {
  const { guest: w } = useWords()
  return (
    <span class="sub">
      <ProofText entry={entry} />
      <details class="hist proof">
        <summary>{w.consents.proofOf}</summary>
        <p class="mono">{w.consents.hash(entry.textHash)}</p>
      </details>
    </span>
  )
}

function ProofText({ entry }: { entry: ConsentEntry }) {
  const { guest: w } = useWords()
  const { sites } = useMe()
  const format = useFormat()
  const site = sites.find((one) => one.id === entry.siteId)?.name
  return (
    <span>
      {w.consents.proof(
        format.dateTime(entry.at),
        entry.textVersion,
        sourceWord(w.consents.languages, entry.locale),
        sourceWord(w.consents.surfaces, entry.surface),
      )}
      {site && w.consents.at(site)}
    </span>
  )
}
