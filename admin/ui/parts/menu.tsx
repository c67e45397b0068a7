import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A button and what it opens. Closes on Escape, on a click beside it, and when something inside was chosen. */
export function Menu(props: {
  /** What the button shows. */
  summary: ComponentChildren
  class?: string
  /** Classes of the button: `btn`, `icon`, `chip`. */
  button?: string
  label?: string
  pop?: string
  children: ComponentChildren
}) {
  const details = useRef<HTMLDetailsElement>(null)
  useEffect(() => {
    const close = (event: Event) => {
      const menu = details.current
      if (menu?.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false
    }
    document.addEventListener('pointerdown', close)
    document.addEventListener('focusin', close)
    return () => {
      document.removeEventListener('pointerdown', close)
      document.removeEventListener('focusin', close)
    }
  }, [])
  return (
    <details
      ref={details}
      class={`menu ${props.class ?? ''}`}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !details.current?.open) return
        event.stopPropagation()
        details.current.open = false
        details.current.querySelector('summary')?.focus()
      }}
    >
      <summary class={props.button} aria-label={props.label} title={props.label}>
        {props.summary}
      </summary>
      {/* biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: closes after the click of a real button inside */}
      <div
        class={`pop ${props.pop ?? ''}`}
        onClick={(event) => {
          if (event.target instanceof Element && event.target.closest('[data-closes]') && details.current)
            details.current.open = false
        }}
      >
        {props.children}
      </div>
    </details>
  )
}

/** One thing to choose in a menu. */
export function MenuItem(props: {
  children: ComponentChildren
  href?: string
  onClick?: () => unknown
  pressed?: boolean
  bad?: boolean
}) {
  const looks = props.bad ? 'entry bad' : 'entry'
  if (props.href)
    return (
      <a class={looks} href={props.href} data-closes>
        {props.children}
      </a>
    )
  return (
    <button type="button" class={looks} aria-pressed={props.pressed} onClick={props.onClick} data-closes>
      {props.children}
    </button>
  )
}
