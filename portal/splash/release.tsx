import type { JSX } from 'preact'
import type { Release as Way } from '../gateways/gateway.ts'
import { Icon } from './icons.tsx'
import { type Frame, Page } from './page.tsx'

export type ReleaseProps = {
  frame: Frame
  /** From the adapter, its host checked. */
  way: Extract<Way, { how: 'redirect' | 'form' }> | { how: 'pending'; pollHref: string }
  /** How the guest was known, and when. */
  known: { by: 'number' | 'phone'; at: string }
  /** Our page that says the access point doesn't answer. */
  slowHref: string
  /** A server state of its own, once it has been tried in vain. */
  slow?: { tries: number; lastAt: string; nas: string; check: string; reference: string; network: string }
}

export function Release(props: ReleaseProps): JSX.Element {
  return props.slow ? <Slow {...props} slow={props.slow} /> : <Moment {...props} />
}

const hrefOf = (way: ReleaseProps['way']) =>
  way.how === 'redirect' ? way.to.href : way.how === 'pending' ? way.pollHref : undefined

function Moment({ frame, way, known, slowHref }: ReleaseProps): JSX.Element {
  const words = frame.words.release
  const href = hrefOf(way)
  return (
    <Page
      frame={frame}
      step="release"
      title={words.title(frame.brand)}
      script="release"
      {...(href ? { refresh: { afterSeconds: 1, to: href } } : {})}
    >
      <main data-go="0.4" data-slow={slowHref}>
        <div class="intro">
          <h1>{words.heading}</h1>
          <p>{words.intro}</p>
        </div>
        <ol class="track do">
          <Known frame={frame} known={known} />
          <li>
            <Icon name="clock" />
            <span>
              <b>{words.telling}</b>
            </span>
            <small>{words.now}</small>
          </li>
          <Online frame={frame} />
        </ol>
        <div class="row">
          <span>{words.usually}</span>
          <Go way={way} text={words.go} look="lk" />
        </div>
      </main>
    </Page>
  )
}

function Slow({
  frame,
  way,
  known,
  slow,
}: ReleaseProps & { slow: NonNullable<ReleaseProps['slow']> }): JSX.Element {
  const words = frame.words.release
  const href = hrefOf(way)
  return (
    <Page
      frame={frame}
      step="release"
      title={words.slowTitle(frame.brand)}
      script="release"
      {...(href ? { refresh: { afterSeconds: 10, to: href } } : {})}
    >
      <main data-go="10">
        <div class="intro">
          <h1>{words.slowHeading}</h1>
          <p>{words.slowIntro}</p>
        </div>
        <ol class="track">
          <Known frame={frame} known={known} />
          <li>
            <Icon name="alert" tone="warn" />
            <span>
              <b>{words.telling}</b>
            </span>
            <small>{words.tries(slow.tries, slow.lastAt)}</small>
          </li>
          <Online frame={frame} />
        </ol>
        <div class="do">
          <section>
            <h2>{words.youCan}</h2>
            <ol class="num">
              <li>
                <span>
                  {words.rejoin[0]}
                  <b>{slow.network}</b>
                  {words.rejoin[1]}
                </span>
              </li>
              <li>
                <span>{words.show}</span>
              </li>
            </ol>
          </section>
          <section>
            <h2>{words.forShop}</h2>
            <dl class="facts flush">
              <dt>{words.accessPoint}</dt>
              <dd>{slow.nas}</dd>
              <dt>{words.check}</dt>
              <dd>{slow.check}</dd>
              <dt>{words.reference}</dt>
              <dd>{slow.reference}</dd>
            </dl>
          </section>
          <Go way={way} text={words.tryNow} look="btn mt" />
        </div>
      </main>
    </Page>
  )
}

/** The hand-over itself: a link, or a form with what the gateway wants. */
function Go({ way, text, look }: { way: ReleaseProps['way']; text: string; look: string }): JSX.Element {
  if (way.how !== 'form')
    return (
      <a id="release" class={look} href={hrefOf(way)} rel="noreferrer">
        {text}
      </a>
    )
  return (
    <form id="release" method="post" action={way.action.href}>
      {Object.entries(way.fields).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <button type="submit" class={look}>
        {text}
      </button>
    </form>
  )
}

function Known({ frame, known }: Pick<ReleaseProps, 'frame' | 'known'>): JSX.Element {
  const words = frame.words.release
  return (
    <li>
      <Icon name="tick" tone="ok" />
      <span>{known.by === 'number' ? words.confirmed : words.known}</span>
      <small>{known.at}</small>
    </li>
  )
}

const Online = ({ frame }: { frame: Frame }) => (
  <li class="q">
    <Icon name="circle" />
    <span>{frame.words.release.online}</span>
  </li>
)
