import type { JSX } from 'preact'
import { Icon } from './icons.tsx'
import { ArrivalField, type Frame, Page } from './page.tsx'
import { Line } from './splash.tsx'

export type CodeProps = {
  frame: Frame
  /** Whole in the window it was typed in, masked in a reopened one. */
  phone: string
  sentAt: string
  worksUntil: string
  /** Back to the number. */
  changeHref: string
  /** What was typed; a wrong code stays, selected. */
  typed?: string
  problem?: string | undefined
  notice?: string | undefined
  /** When another message may be sent; undefined where none may for now. */
  again?: { inSeconds: number; at: string } | undefined
}

export function Code({ frame, ...props }: CodeProps): JSX.Element {
  const words = frame.words.code
  return (
    <Page frame={frame} step="code" title={words.title(frame.brand)} typedIn="enter" script="code">
      <main>
        <div class="back">
          <a href={props.changeHref}>
            <Icon name="back" tone="flip" />
            {words.change}
          </a>
          <b>
            <bdi dir="ltr">{props.phone}</bdi>
          </b>
        </div>
        <div class="intro">
          <h1>{words.heading}</h1>
          <p id="sent">{words.sent(props.sentAt, props.worksUntil)}</p>
        </div>
        <form id="enter" class="do" method="post" action={`${frame.base}/code`}>
          <ArrivalField frame={frame} />
          <CodeField frame={frame} {...props} />
          <Again frame={frame} {...props} />
          <button type="submit" class="btn m0">
            {words.submit}
          </button>
        </form>
        <form id="resend" method="post" action={`${frame.base}/resend`} hidden>
          <ArrivalField frame={frame} />
        </form>
        <p class="small q after">{words.reopen}</p>
      </main>
    </Page>
  )
}

/** One input over six drawn boxes: autofill, paste and screen readers see one field. */
function CodeField({ frame, typed, problem, notice }: CodeProps): JSX.Element {
  const words = frame.words.code
  return (
    <div class={problem ? 'field bad' : 'field'}>
      <label class="vh" for="code">
        {words.heading}
      </label>
      <div class="code" dir="ltr">
        {[1, 2, 3, 4, 5, 6].map(() => (
          <i />
        ))}
        <input
          id="code"
          name="code"
          type="text"
          inputmode="numeric"
          autocomplete="one-time-code"
          pattern="[0-9]{6}"
          maxlength={6}
          required
          autofocus
          value={typed || undefined}
          aria-invalid={problem ? 'true' : undefined}
          aria-describedby="code-m sent"
        />
      </div>
      <Line id="code-m" problem={problem} hint={notice ?? words.hint} />
    </div>
  )
}

/** A clock time where there is no script; the server holds to it either way. */
function Again({ frame, again }: CodeProps): JSX.Element {
  const words = frame.words.code
  if (!again) return <div class="row">{words.noMore}</div>
  return (
    <div class="row">
      <button type="submit" class="lk" id="again" form="resend" data-s={again.inSeconds}>
        {words.again}
      </button>
      <span data-in={words.againIn}>{again.inSeconds > 0 ? words.againFrom(again.at) : ''}</span>
    </div>
  )
}
