import type { ComponentChildren } from 'preact'
import type { Me } from '../../../api/schemas/me.ts'
import type { Waiting } from '../../../api/schemas/setup.ts'
import { useAsk, useNow } from '../../ask.ts'
import { useFormat } from '../../format.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { to } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import { SplashPreview } from '../sites/splash-preview.tsx'
import { VirtualGuest } from '../sites/virtual-guest.tsx'

type Props = { site: Me['sites'][number]; waiting: Waiting; onBack: () => void }

/** Ticks off what is heard, says what is wrong and how to mend it, and shows what the guest will see. */
export function WaitingStep({ site, waiting, onBack }: Props) {
  const { setup, sites } = useWords()
  const w = setup.waiting
  const format = useFormat(site.timeZone)
  const now = useNow(1000)
  const { data: details } = useAsk('GET /sites/:id', { params: { id: site.id } })
  const { gateway, heardAt } = waiting
  const last = gateway?.lastSeenAt ?? heardAt
  return (
    <div class="wait">
      <div>
        <section>
          <h1 class="vh">{w.title}</h1>
          <div class="listen" role="status">
            <span class="ring" />
            <div>
              <span class="big">{w.listening}</span>
              <span class="read">
                {!gateway
                  ? w.noGateway
                  : last
                    ? w.lastPacket(format.ago(last, now), gateway.address ?? gateway.name)
                    : w.nothing}
              </span>
            </div>
          </div>
          <ol class="steps">
            <Line
              done={Boolean(heardAt)}
              text={w.talks}
              at={heardAt ? format.time(heardAt) : ''}
              sub={w.talksSub}
            />
            <Line done={waiting.secretRight} text={w.secret} sub={<Problems of={waiting} about="secret" />} />
            <Line done={waiting.clockAgrees} text={w.clock} sub={<Problems of={waiting} about="clock" />} />
            <Line
              done={Boolean(waiting.redirectedAt)}
              text={w.sent}
              at={waiting.redirectedAt ? format.time(waiting.redirectedAt) : ''}
              sub={details?.ssid ? w.sentSub(details.ssid) : w.sentSubNoName}
            />
            <Line done={Boolean(waiting.firstGuest)} text={w.online} sub={w.onlineSub} />
          </ol>
          <Problems of={waiting} about="rest" />
        </section>
        <section aria-labelledby="try-h">
          <h2 id="try-h">{w.try}</h2>
          <p class="two">{sites.virtual.about}</p>
          <VirtualGuest site={site} />
        </section>
        <div class="next">
          <Button onClick={onBack}>{w.back}</Button>
          <a class="link" href={to('/')}>
            {w.leave}
          </a>
        </div>
      </div>
      <aside aria-label={w.preview}>
        <SplashPreview slug={site.slug} siteName={site.name} />
        <p class="under two small">{w.preview}</p>
      </aside>
    </div>
  )
}

function Line(props: { done: boolean; text: string; at?: string; sub?: ComponentChildren }) {
  const { setup: w } = useWords()
  return (
    <li>
      {props.done ? <Icon name="done" tone="ok" /> : <span class="hollow" />}
      <span>
        {props.text}
        <span class="vh">, {props.done ? w.done : w.notYet}</span>
      </span>
      <span class="t">{props.at}</span>
      {!props.done && props.sub && <span class="sub">{props.sub}</span>}
    </li>
  )
}

const topicOf = (kind: string) =>
  /secret|message-authenticator/.test(kind) ? 'secret' : kind === 'clock' ? 'clock' : 'rest'

function Problems({ of, about }: { of: Waiting; about: 'secret' | 'clock' | 'rest' }) {
  return (
    <>
      {of.problems
        .filter((problem) => topicOf(problem.kind) === about)
        .map((problem) => (
          <span key={problem.kind} class="problem">
            <b>{problem.text}</b> {problem.remedy}
          </span>
        ))}
    </>
  )
}
