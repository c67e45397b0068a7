import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

type Looks = {
  children: ComponentChildren
  icon?: IconName
  /** The one thing to do on a page. */
  go?: boolean
  small?: boolean
  disabled?: boolean
  title?: string
}

type Press = Looks & {
  /** A promise keeps the button busy until it settles, so that nothing is sent twice. */
  onClick?: () => unknown
  type?: 'button' | 'submit'
  busy?: boolean
  'aria-expanded'?: boolean
  'aria-describedby'?: string
}

export function Button({
  children,
  icon,
  go,
  small,
  onClick,
  type = 'button',
  busy,
  disabled,
  ...rest
}: Press) {
  const [runs, setRuns] = useState(false)
  const waits = Boolean(busy ?? runs)
  const press = async () => {
    if (waits || !onClick) return
    setRuns(true)
    try {
      await onClick()
    } finally {
      setRuns(false)
    }
  }
  return (
    <button
      {...rest}
      type={type}
      class={looks(go, small)}
      onClick={onClick && press}
      aria-disabled={waits || undefined}
      aria-busy={waits || undefined}
      disabled={disabled}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** Goes somewhere: a link that looks like a button. */
export function ButtonLink({
  children,
  icon,
  go,
  small,
  href,
  ...rest
}: Looks & { href: string; target?: string }) {
  return (
    <a {...rest} class={looks(go, small)} href={href} rel={rest.target ? 'noreferrer' : undefined}>
      {icon && <Icon name={icon} />}
      {children}
    </a>
  )
}

/** A square with a drawing only; `label` is its word. */
export function IconButton(props: {
  icon: IconName
  label: string
  onClick: () => unknown
  class?: string
  pressed?: boolean
}) {
  return (
    <button
      type="button"
      class={`icon ${props.class ?? ''}`}
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  )
}

const looks = (go?: boolean, small?: boolean) => `btn${go ? ' go' : ''}${small ? ' s' : ''}`
