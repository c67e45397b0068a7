import type { JSX } from 'preact'
import { Emblem } from './icons.tsx'
import { type Frame, Page } from './page.tsx'
import type { Words } from './words/index.ts'

export type Refusal = {
  [K in keyof Words['refused']]: Words['refused'][K] extends { heading: string } ? K : never
}[keyof Words['refused']]

export type RefusedProps = {
  frame: Frame
  why: Refusal
  /** Something short to say at the counter; never personal data. */
  reference?: string | undefined
  network?: string | undefined
  /** When this will be over, and what that moment is called. */
  until?: { label: string; at: string } | undefined
  againHref?: string | undefined
  /** What the button says; 'Try again' unless given. */
  againText?: string | undefined
}

/** A calm no: what happened, what to do, whom to ask. */
export function Refused({
  frame,
  why,
  reference,
  network,
  until,
  againHref,
  againText,
}: RefusedProps): JSX.Element {
  const words = frame.words.refused
  return (
    <Page frame={frame} step="refused" title={words.title(frame.brand)}>
      <main>
        <div class="intro">
          <Emblem name="refused" />
          <h1 class="mt">{words[why].heading}</h1>
          <p>{words[why].text}</p>
        </div>
        <dl class="facts">
          {until && (
            <>
              <dt>{until.label}</dt>
              <dd>{until.at}</dd>
            </>
          )}
          {network && (
            <>
              <dt>{words.network}</dt>
              <dd>{network}</dd>
            </>
          )}
          {reference && (
            <>
              <dt>{words.reference}</dt>
              <dd>{reference}</dd>
            </>
          )}
          <dt>{words.ask}</dt>
          <dd>{words.counter}</dd>
        </dl>
        {againHref && (
          <div class="do">
            <a class="btn alt mt" href={againHref}>
              {againText ?? words.again}
            </a>
          </div>
        )}
      </main>
    </Page>
  )
}
