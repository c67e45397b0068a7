import type { JSX } from 'preact'
import { Cup, Emblem } from './icons.tsx'
import { type Frame, Page } from './page.tsx'

export type OnlineProps = {
  frame: Frame
  /** Absent where only the gateway says so and we hold no grant. */
  grant?:
    | { until: string; left: string | undefined; speed: string; volume: string; devices: string }
    | undefined
  offer?: { title: string; text: string } | undefined
  /** What the guest asked for, checked; only ever a visible link. */
  wanted?: { href: string; host: string } | undefined
  /** What happens next time; absent where the site does not remember devices. */
  next?: string | undefined
}

export function Online({ frame, grant, offer, wanted, next }: OnlineProps): JSX.Element {
  const words = frame.words.online
  return (
    <Page frame={frame} step="online" title={words.title(frame.brand)}>
      <main>
        <div class="intro">
          <Emblem name="online" />
          <h1 class="mt">{words.heading}</h1>
          <p class={grant ? 'big' : undefined}>{grant ? words.until(grant.until) : words.close}</p>
        </div>
        {grant && (
          <dl class="facts">
            {grant.left && (
              <>
                <dt>{words.left}</dt>
                <dd>{grant.left}</dd>
              </>
            )}
            <dt>{words.speed}</dt>
            <dd>{grant.speed}</dd>
            <dt>{words.data}</dt>
            <dd>{grant.volume}</dd>
            <dt>{words.devices}</dt>
            <dd>{grant.devices}</dd>
          </dl>
        )}
        <div class="do">
          {offer && (
            <div class={grant ? 'deal flush' : 'deal'}>
              <span>
                <small>
                  <b>{words.offer}</b>
                </small>
                <b>{offer.title}</b>
                <small>{offer.text}</small>
              </span>
              <Cup />
            </div>
          )}
          {wanted && (
            <a class="btn mt" rel="noreferrer nofollow" href={wanted.href}>
              {words.continueTo(wanted.host)}
            </a>
          )}
          {next && <p class="small q after">{next}</p>}
        </div>
      </main>
    </Page>
  )
}
