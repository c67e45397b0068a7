import type { ComponentChildren } from 'preact'
import { useWords } from '../words/index.ts'
import { Icon } from './icon.tsx'

/** One filter that is on, with a cross to take it off. */
export function Chip(props: {
  name?: ComponentChildren
  value: ComponentChildren
  onRemove?: () => void
  removeLabel?: string
}) {
  const { shared } = useWords()
  return (
    <span class="chip">
      <span>
        {props.name} <b>{props.value}</b>
      </span>
      {props.onRemove && (
        <button
          type="button"
          class="x"
          aria-label={props.removeLabel ?? shared.remove}
          title={props.removeLabel ?? shared.remove}
          onClick={props.onRemove}
        >
          <Icon name="cross" />
        </button>
      )}
    </span>
  )
}

/** A filter that can be put on. */
export function ChipButton(props: { children: ComponentChildren; pressed?: boolean; onClick: () => void }) {
  return (
    <span class={props.pressed ? 'chip on' : 'chip'}>
      <button type="button" aria-pressed={props.pressed} onClick={props.onClick}>
        {props.children}
      </button>
    </span>
  )
}
