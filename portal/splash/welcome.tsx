import type { JSX } from 'preact'
import { ArrivalField, type Frame, Page } from './page.tsx'

export type WelcomeProps = {
  frame: Frame
  /** 'Two hours, 20 Mbit/s.' */
  plan: string
  /** Only the ending: whoever holds this device's address sees this page. */
  lastDigits: string
  otherHref: string
}

/** One tap for a device that is remembered where the gateway can't let it on by itself. */
export function Welcome({ frame, plan, lastDigits, otherHref }: WelcomeProps): JSX.Element {
  const words = frame.words.welcome
  return (
    <Page frame={frame} step="splash" title={words.title(frame.brand)} hero withSubtitle>
      <main>
        <div class="hero" dangerouslySetInnerHTML={{ __html: frame.look.heroSvg }} />
        <div class="intro">
          <h1>{words.heading}</h1>
          <p>{plan}</p>
        </div>
        <div class="do">
          <form method="post" action={`${frame.base}/back`}>
            <ArrivalField frame={frame} />
            <button type="submit" class="btn">
              {words.submit}
            </button>
          </form>
          <div class="row">
            <span>{words.ending(lastDigits)}</span>
            <a class="lk" href={otherHref}>
              {words.notYou}
            </a>
          </div>
        </div>
      </main>
    </Page>
  )
}
