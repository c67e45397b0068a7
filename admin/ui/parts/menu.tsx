import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/** A button and what it opens. Closes on Escape, on a click beside it, and when something inside was chosen. */
export function Menu(props: {
  /** What the button shows. */
  summary: ComponentChildren
  class?: string
  /** Classes of the button: `btn`, `icon`, `chip`. */
  button?: string
  /** Its name, where what it shows is no word. */
  label?: string
  title?: string
  pop?: string
  /** Inside a frame that scrolls: laid over everything, so that the frame does not cut it off. */
  over?: boolean
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
      onToggle={() => {
        if (props.over && details.current?.open) layOver(details.current)
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !details.current?.open) return
        event.stopPropagation()
        details.current.open = false
        details.current.querySelector('summary')?.focus()
      }}
    >
      <summary class={props.button} aria-label={props.label} title={props.title ?? props.label}>
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

/** Below the button where there is room, else above; closed by the first scroll, which would leave it behind. */
function layOver(menu: HTMLDetailsElement): void {
  const pop = menu.querySelector<HTMLElement>('.pop')
  const button = menu.querySelector('summary')?.getBoundingClientRect()
  if (!pop || !button) return
  pop.style.position = 'fixed'
  const { width, height } = pop.getBoundingClientRect()
  const below = button.bottom + 4
  const top = below + height > innerHeight ? Math.max(8, button.top - height - 4) : below
  pop.style.inset = `${top}px auto auto ${Math.max(8, button.right - width)}px`
  const close = () => {
    menu.open = false
  }
  addEventListener('scroll', close, { once: true, capture: true })
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
