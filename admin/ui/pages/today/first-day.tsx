import type { Today } from '../../../api/schemas/today.ts'
import { ButtonLink } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy-box.tsx'
import { Light } from '../../parts/light.tsx'
import { to } from '../../router.ts'
import { useMay, useMe, useSite } from '../../session.ts'
import { useWords } from '../../words/index.ts'

/** Before the first guest: what will appear here, how to get it, and how far things are. Turns by itself. */
export function FirstDay({ today }: { today: Today }) {
  const { today: w } = useWords()
  const mayChange = useMay('sites.change')
  const { sites, publicUrl } = useMe()
  const site = useSite().site ?? sites[0]
  return (
    <div class="blank day-one">
      <Door />
      <h2>{w.empty.title}</h2>
      <p class="read">{w.empty.text}</p>
      <p class="do">
        {mayChange && (
          <ButtonLink go href={to('/sites')}>
            {w.empty.sites}
          </ButtonLink>
        )}
        {site && (
          <ButtonLink icon="wifi" href={`${publicUrl}/s/${site.slug}`} target="_blank">
            {w.empty.splash}
          </ButtonLink>
        )}
      </p>
      <Readiness answering={today.gateways.answering} total={today.gateways.total} />
    </div>
  )
}

/** The house's door, shut but for its brass knob. */
export const Door = () => (
  <svg class="art" viewBox="0 0 72 96" aria-hidden="true">
    <path d="M8.500 95V36a27.500 27.500 0 0 1 55 0v59" />
    <path d="M0 95.500h72" />
    <circle cx="48" cy="60" r="2.5" fill="var(--brass)" stroke="none" />
  </svg>
)

/** What has to be right for a guest to get online, and how to try it without hardware. */
export function Readiness({ answering, total }: { answering: number; total: number }) {
  const { today: w } = useWords()
  const { sites, messenger } = useMe()
  const site = useSite().site ?? sites[0]
  const command = site && `npm run --silent doorman -- ap --site ${site.slug} --guests 1`
  return (
    <dl class="kv">
      <dt>{w.empty.gateways}</dt>
      <dd>
        <Light state={answering > 0 ? 'ok' : 'off'}>
          {total === 0 ? w.empty.none : w.empty.heard(answering, total)}
        </Light>
      </dd>
      <dt>{w.empty.sms}</dt>
      <dd>
        <Light state="ok">{messenger === 'outbox' ? w.empty.outbox : w.empty.smsBy(messenger)}</Light>
      </dd>
      {command && (
        <>
          <dt>{w.empty.withoutDevice}</dt>
          <dd class="try">
            <code class="mono">{command}</code> <CopyButton text={command} />
          </dd>
        </>
      )}
    </dl>
  )
}
