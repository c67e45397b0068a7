import type { ComponentChildren } from 'preact'

/** State by shape and colour, with its word beside it. */
export function Light(props: { state: 'ok' | 'warn' | 'bad' | 'off' | 'run'; children: ComponentChildren }) {
  return <span class={`light ${props.state}`}>{props.children}</span>
}
