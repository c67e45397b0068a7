import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useWords } from '../words/index.ts'
import { Button } from './button.tsx'
import { toast } from './toast.tsx'

/** Puts a text on the clipboard; without the right to it (plain http) the text is selected to copy by hand. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyByHand(text)
  }
}

export function CopyButton(props: {
  text: string | (() => Promise<string>)
  small?: boolean
  children?: ComponentChildren
}) {
  const { shared } = useWords()
  const [done, setDone] = useState(false)
  const copy = async () => {
    try {
      const text = typeof props.text === 'string' ? props.text : await props.text()
      setDone(await copyText(text))
      setTimeout(() => setDone(false), 2000)
    } catch (error) {
      toast(error instanceof Error && error.message ? error.message : shared.failed.unreachable, {
        bad: true,
      })
    }
  }
  return (
    <Button icon={done ? 'check' : 'copy'} small={props.small ?? true} onClick={copy}>
      <span aria-live="polite">{done ? shared.copied : (props.children ?? shared.copy)}</span>
    </Button>
  )
}

/** A text to take away: a caption, the text, a button. */
export function CopyBox(props: {
  title: ComponentChildren
  label: string
  text: string
  /** What is really copied, where the text shown has its secrets masked. */
  whole?: () => Promise<string>
  aside?: ComponentChildren
  /** False: only to look at. */
  mayCopy?: boolean
}) {
  return (
    <figure class="snip">
      <figcaption>
        <b>{props.title}</b>
        {props.aside}
        {props.mayCopy !== false && <CopyButton text={props.whole ?? props.text} />}
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: a long line scrolls, also by keyboard */}
      <pre class="code" tabIndex={0} role="region" aria-label={props.label}>
        {props.text}
      </pre>
    </figure>
  )
}

function copyByHand(text: string): boolean {
  const area = document.createElement('textarea')
  area.value = text
  area.className = 'vh'
  ;(document.querySelector('dialog[open]') ?? document.body).append(area)
  area.select()
  const done = document.execCommand('copy')
  area.remove()
  return done
}
