import type { ComponentChildren } from 'preact'

/** One setting: what it is and is for on the left, with its button; what holds now on the right. */
export function Setting(props: {
  id: string
  title: string
  help: ComponentChildren
  action?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <section aria-labelledby={`${props.id}-h`}>
      <div>
        <h2 id={`${props.id}-h`}>{props.title}</h2>
        <p>{props.help}</p>
        {props.action}
      </div>
      <div>{props.children}</div>
    </section>
  )
}
