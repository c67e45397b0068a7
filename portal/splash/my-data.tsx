import type { ComponentChildren, JSX } from 'preact'
import { Icon } from './icons.tsx'
import { ArrivalField, Back, type Frame, Page } from './page.tsx'

export type Agreement = { state: 'yes' | 'no' | 'withdrawn' | 'never'; at: string; version: number }

export type MyDataProps = {
  frame: Frame
  /** False in a window that has not proved the number by a code: everything that names a person is masked. */
  proved: boolean
  proveHref: string
  backHref: string
  phones: { value: string; provedAt: string }[]
  name: string | null
  visits: { count: number; last: string }
  since: string
  devices: { label: string; randomised: boolean }[]
  terms: Agreement
  marketing: Agreement
  done?: 'withdraw' | 'allow' | 'export' | 'erase' | undefined
}

export function MyData({ frame, ...props }: MyDataProps): JSX.Element {
  const words = frame.words.myData
  return (
    <Page frame={frame} step="my-data" title={words.title(frame.brand)} languageAction="/me">
      <main>
        <Back frame={frame} href={props.backHref} />
        <div class="intro">
          <h1>{words.heading}</h1>
          <p>{props.proved ? words.intro(frame.brand) : words.introMasked(frame.brand)}</p>
          {!props.proved && (
            <p>
              <a class="lk" href={props.proveHref}>
                {words.prove}
              </a>
            </p>
          )}
          {props.done && (
            <p class="mark ok" role="status">
              <Icon name="tick" />
              {words.done[props.done]}
            </p>
          )}
        </div>
        <About frame={frame} {...props} />
        <Agreed frame={frame} {...props} />
        <Take frame={frame} {...props} />
      </main>
    </Page>
  )
}

function About({ frame, ...props }: MyDataProps): JSX.Element {
  const words = frame.words.myData
  return (
    <section>
      <h2>{words.about}</h2>
      <dl class="held">
        {props.phones.map((phone) => (
          <Held name={words.phone} value={phone.value} from={words.phoneFrom(phone.provedAt)} />
        ))}
        <Held name={words.name} value={props.name ?? words.noName} />
        <Held
          name={words.visits}
          value={words.visitsOf(props.visits.count, props.visits.last)}
          from={words.visitsFrom}
        />
        <Held name={words.since} value={props.since} />
        <Held
          name={words.devices}
          value={props.devices.map(({ label, randomised }) => (
            <span>
              {label}
              {randomised && ` (${words.randomised})`}
            </span>
          ))}
          from={words.devicesFrom}
        />
      </dl>
    </section>
  )
}

const Held = ({ name, value, from }: { name: string; value: ComponentChildren; from?: string }) => (
  <div>
    <dt>{name}</dt>
    <dd>
      <b>{value}</b>
      {from && <small>{from}</small>}
    </dd>
  </div>
)

function Agreed({ frame, terms, marketing, proved }: MyDataProps): JSX.Element {
  const words = frame.words.myData
  const told = (one: Agreement) =>
    one.state === 'yes'
      ? words.yes(one.at, one.version)
      : one.state === 'no'
        ? words.no(one.at)
        : one.state === 'withdrawn'
          ? words.withdrawn(one.at)
          : words.neverAsked
  const isYes = marketing.state === 'yes'
  return (
    <section class="do">
      <h2>{words.agreed}</h2>
      <ul>
        <li class="sw">
          <span>
            <b>{words.terms}</b>
            <small>{told(terms)}</small>
            <small>{words.needed}</small>
          </span>
        </li>
        <li class="sw">
          <span>
            <b>{words.offers}</b>
            <small>{told(marketing)}</small>
          </span>
          {(isYes || proved) && (
            <Deed frame={frame} deed={isYes ? 'withdraw' : 'allow'}>
              <button
                type="submit"
                class="lk"
                aria-label={`${isYes ? words.withdraw : words.allow}: ${words.offers}`}
              >
                {isYes ? words.withdraw : words.allow}
              </button>
            </Deed>
          )}
        </li>
      </ul>
    </section>
  )
}

function Take({ frame, proved }: MyDataProps): JSX.Element {
  const words = frame.words.myData
  return (
    <section>
      <h2>{words.take}</h2>
      <div class="sw">
        <span>
          <b>{proved ? words.download : words.ask}</b>
          <small>{proved ? words.downloadText : words.askText}</small>
        </span>
        <Deed frame={frame} deed={proved ? 'download' : 'export'}>
          <button type="submit" class="lk">
            {proved && <Icon name="download" />}
            {proved ? words.downloadDo : words.askDo}
          </button>
        </Deed>
      </div>
      <details class="more badc">
        <summary>
          {words.erase}
          <Icon name="forward" tone="flip" />
        </summary>
        <div>
          <p>{words.eraseText}</p>
          <Deed frame={frame} deed="erase">
            <button type="submit" class="btn bad2">
              {words.eraseDo}
            </button>
          </Deed>
        </div>
      </details>
    </section>
  )
}

const Deed = ({ frame, deed, children }: { frame: Frame; deed: string; children: ComponentChildren }) => (
  <form method="post" action="/me">
    <ArrivalField frame={frame} />
    <input type="hidden" name="do" value={deed} />
    {children}
  </form>
)

/** For somebody who opens /me from outside. */
export function MyDataClosed({ frame }: { frame: Frame }): JSX.Element {
  const words = frame.words.myData
  return (
    <Page frame={frame} step="my-data" title={words.title(frame.brand)} languageAction="/me">
      <main>
        <div class="intro">
          <h1>{words.closed.heading}</h1>
          <p>{words.closed.text}</p>
        </div>
      </main>
    </Page>
  )
}
