import type { JSX } from 'preact'
import { Icon } from './icons.tsx'
import { ArrivalField, type Frame, Page, Raw } from './page.tsx'

export type AskedText = { label: string; text: string; version: number }

export type SplashProps = {
  frame: Frame
  /** Line under the heading. */
  welcome: string
  /** Countries codes go to, the site's own first. */
  countries: { code: string; calling: string }[]
  example: string
  terms: AskedText
  marketing: AskedText
  /** What was typed before, given back untouched. */
  typed: { country: string; phone: string; terms: boolean; marketing: boolean }
  problems?: { phone?: string | undefined; terms?: boolean }
}

/** Longer texts have a page of their own, so that the splash stays small. */
const shownLength = 1500

export function Splash({ frame, ...props }: SplashProps): JSX.Element {
  const words = frame.words.splash
  return (
    <Page frame={frame} step="splash" title={words.title(frame.brand)} hero typedIn="sign-in" withSubtitle>
      <main>
        <Raw of="hero" svg={frame.look.heroSvg} />
        <div class="intro">
          <h1>{words.heading}</h1>
          <p>{props.welcome}</p>
        </div>
        <form id="sign-in" class="do" method="post" action={`${frame.base}/phone`}>
          <ArrivalField frame={frame} />
          <PhoneField frame={frame} {...props} />
          <TermsBox frame={frame} {...props} />
          <MarketingBox frame={frame} {...props} />
          <button type="submit" class="btn">
            {words.submit}
          </button>
        </form>
      </main>
    </Page>
  )
}

type Part = SplashProps

function PhoneField({ frame, countries, example, typed, problems }: Part): JSX.Element {
  const words = frame.words.splash
  const problem = problems?.phone
  return (
    <div class={problem ? 'field bad' : 'field'}>
      <label for="phone">{words.phone}</label>
      <div class="box" dir="ltr">
        <span class="cc">
          {countries.length === 1 ? (
            <b class="one">+{countries[0]?.calling}</b>
          ) : (
            <>
              <select name="country" aria-label={words.country}>
                {countries.map(({ code, calling }) => (
                  <option value={code} selected={code === typed.country}>
                    {code} +{calling}
                  </option>
                ))}
              </select>
              <Icon name="down" />
            </>
          )}
        </span>
        <input
          id="phone"
          name="phone"
          type="tel"
          inputmode="tel"
          autocomplete="tel"
          placeholder={example}
          value={typed.phone}
          maxlength={40}
          required
          autofocus={problem ? true : undefined}
          aria-invalid={problem ? 'true' : undefined}
          aria-describedby="phone-m"
        />
      </div>
      <Line id="phone-m" problem={problem} hint={words.hint} />
    </div>
  )
}

/** The line under a field is always there; hint and error take turns in it, so nothing moves. */
export function Line({
  id,
  problem,
  hint,
}: {
  id: string
  problem?: string | undefined
  hint: string
}): JSX.Element {
  return problem ? (
    <p class="msg" id={id} role="alert">
      <Icon name="alert" />
      <span>{problem}</span>
    </p>
  ) : (
    <p class="msg" id={id}>
      <span>{hint}</span>
    </p>
  )
}

/** The small line under the words turns into the error; box and line turn red together. */
function TermsBox({ frame, terms, typed, problems }: Part): JSX.Element {
  const words = frame.words.splash
  const missing = problems?.terms === true
  return (
    <div class={missing ? 'check has two bad' : 'check has two'}>
      <input
        type="checkbox"
        id="terms"
        name="terms"
        value={String(terms.version)}
        required
        checked={typed.terms}
        aria-invalid={missing ? 'true' : undefined}
        aria-describedby="terms-m"
      />
      <label for="terms">
        {terms.label}
        <small id="terms-m" role={missing ? 'alert' : undefined}>
          {missing && <Icon name="alert" />}
          {missing ? words.termsMissing : words.needed}
        </small>
      </label>
      <Reader frame={frame} asked={terms} />
    </div>
  )
}

/** Its own box, empty, never needed: everything works without it. */
function MarketingBox({ frame, marketing, typed }: Part): JSX.Element {
  const words = frame.words.splash
  const short = marketing.text.length <= 90 && !marketing.text.includes('\n')
  return (
    <div class={short ? 'check two' : 'check has two'}>
      <input
        type="checkbox"
        id="marketing"
        name="marketing"
        value={String(marketing.version)}
        checked={typed.marketing}
        aria-describedby="marketing-m"
      />
      <label for="marketing">
        {marketing.label}
        <small id="marketing-m">{short ? marketing.text : words.optional}</small>
      </label>
      {!short && <Reader frame={frame} asked={marketing} />}
    </div>
  )
}

/** Opens in place, so reading loses nothing typed. */
function Reader({ frame, asked }: { frame: Frame; asked: AskedText }): JSX.Element {
  const words = frame.words.splash
  const whole = asked.text.length <= shownLength
  const text = whole ? asked.text : `${asked.text.slice(0, shownLength).replace(/\S*$/, '')}…`
  return (
    <details class="read">
      <summary aria-label={words.readOf(asked.label)}>{words.read}</summary>
      <ul>
        {text
          .split(/\n+/)
          .filter((line) => line.trim())
          .map((line) => (
            <li>{line}</li>
          ))}
        <li>
          {whole ? words.version(asked.version) : <a href={frame.terms}>{words.fullText(asked.version)}</a>}
        </li>
      </ul>
    </details>
  )
}
