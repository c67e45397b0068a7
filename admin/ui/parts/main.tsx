import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'

/** What the tab of the browser says. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Doorman`
  }, [title])
}

/** The one main part of a page: `page` is a column of text and tables, `split` a list with a panel beside it. */
export function Main(props: { title: string; class?: string; children: ComponentChildren }) {
  useTitle(props.title)
  return (
    <main id="main" class={props.class ?? 'page'} tabIndex={-1}>
      {props.children}
    </main>
  )
}

/** Title of a page, what it is about in grey, and at the far end what can be done. */
export function PageHead(props: { title: string; about?: ComponentChildren; children?: ComponentChildren }) {
  return (
    <div class="head">
      <h1>{props.title}</h1>
      {props.about && <span class="two">{props.about}</span>}
      {props.children && <span class="end">{props.children}</span>}
    </div>
  )
}

/** A section with its heading in a line. `id` names the heading. */
export function Section(props: {
  id: string
  title: ComponentChildren
  about?: ComponentChildren
  end?: ComponentChildren
  class?: string
  children: ComponentChildren
}) {
  return (
    <section aria-labelledby={props.id} class={props.class}>
      <div class="bar">
        <h2 id={props.id}>{props.title}</h2>
        {props.about && <span class="two">{props.about}</span>}
        {props.end && <span class="end">{props.end}</span>}
      </div>
      {props.children}
    </section>
  )
}
