import type { JSX } from 'preact'
import { Back, type Frame, Page } from './page.tsx'

export type TermsProps = {
  frame: Frame
  texts: { heading: string; label: string; text: string; version: number; fingerprint: string }[]
  contact?: string | undefined
  backHref?: string | undefined
}

export function Terms({ frame, texts, contact, backHref }: TermsProps): JSX.Element {
  const words = frame.words.terms
  return (
    <Page frame={frame} step="terms" title={words.title(frame.brand)} languageAction={`${frame.base}/terms`}>
      <main class="read2">
        <Back frame={frame} href={backHref} />
        <div class="intro">
          <h1>{words.heading}</h1>
          <p>{frame.brand}</p>
        </div>
        {texts.map((one) => (
          <section>
            <h2>{one.heading}</h2>
            <p>
              <b>{one.label}</b>
            </p>
            {one.text
              .split(/\n+/)
              .filter((line) => line.trim())
              .map((line) => (
                <p>{line}</p>
              ))}
            <p class="small q">{words.fingerprint(one.version, one.fingerprint)}</p>
          </section>
        ))}
        {contact && (
          <section>
            <h2>{words.who}</h2>
            <p>{words.contact(contact)}</p>
          </section>
        )}
        <p class="small q after">{words.beside}</p>
      </main>
    </Page>
  )
}
