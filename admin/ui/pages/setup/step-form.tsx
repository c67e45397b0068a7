import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Button } from '../../parts/button.tsx'
import { Problem } from '../../parts/form.tsx'
import { useWords } from '../../words/index.ts'

/** One step of the set-up: its question, its fields, and the way on. */
export function StepForm(props: {
  title: string
  about: string
  next: string
  aside?: string
  onSubmit: () => void
  onBack?: () => void
  busy?: boolean
  problem?: string | undefined
  children: ComponentChildren
}) {
  const { shared } = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        props.onSubmit()
      }}
    >
      <h1 ref={heading} tabIndex={-1}>
        {props.title}
      </h1>
      <p class="read">{props.about}</p>
      <div class="narrow">{props.children}</div>
      {props.problem && <Problem>{props.problem}</Problem>}
      <div class="next">
        <Button go type="submit" busy={props.busy}>
          {props.next}
        </Button>
        {props.onBack && <Button onClick={props.onBack}>{shared.back}</Button>}
        {props.aside && <span class="two small">{props.aside}</span>}
      </div>
    </form>
  )
}
