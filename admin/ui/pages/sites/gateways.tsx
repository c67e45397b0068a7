import { useState } from 'preact/hooks'
import type { Answer } from '../../../api/contract.ts'
import type { Site } from '../../../api/schemas/sites.ts'
import { type Asked, useAsk } from '../../ask.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Section } from '../../parts/main.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { GatewayRow } from './gateway-row.tsx'
import { UnknownRow } from './unknown-row.tsx'
import { VirtualGuestDialog } from './virtual-guest.tsx'

/** One line a gateway when all is well; cause, remedy and a button below it when not. Then who nobody registered. */
export function Gateways(props: { site: Site; nas: Asked<Answer<'GET /nas'>>; renew: () => Promise<void> }) {
  const { sites: w } = useWords()
  const { site, nas, renew } = props
  const mayChange = useMay('sites.change')
  const unknown = useAsk('GET /nas/unknown', { everyMs: 5000, skip: !mayChange })
  const [trying, setTrying] = useState(false)
  const again = async () => {
    await Promise.all([renew(), unknown.again()])
  }
  const items = nas.data?.items
  const sources = unknown.data?.items ?? []
  return (
    <Section
      id="gateways-h"
      title={w.gateways}
      about={w.guestsOnline(site.onlineNow)}
      end={
        <button type="button" class="link" onClick={() => setTrying(true)}>
          {w.virtual.link}
        </button>
      }
    >
      {!items &&
        (nas.failure ? (
          <ErrorBox failure={nas.failure} again={nas.again} />
        ) : (
          nas.slow && <Skeleton lines={4} />
        ))}
      {items && (items.length > 0 || sources.length > 0) && (
        <div class="gw h" aria-hidden="true">
          <span>{w.head.gateway}</span>
          <span>{w.head.state}</span>
          <span class="num">{w.head.seen}</span>
          <span class="num">{w.head.online}</span>
          <span />
        </div>
      )}
      {items?.map((one) => (
        <GatewayRow key={one.id} nas={one} again={again} />
      ))}
      {sources.map((source) => (
        <UnknownRow key={source.id} source={source} site={site} again={again} />
      ))}
      {items?.length === 0 && sources.length === 0 && (
        <div class="nothing">
          <p>
            <b>{w.noneHere}</b>
          </p>
          <p class="two">{w.noneHereHelp}</p>
        </div>
      )}
      {trying && <VirtualGuestDialog site={site} onAdded={again} onClose={() => setTrying(false)} />}
    </Section>
  )
}
