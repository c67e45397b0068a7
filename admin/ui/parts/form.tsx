import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { useFailureText } from '../failure-text.ts'
import { useWords } from '../words/index.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'

export type Errors<K extends string = string> = Partial<Record<K, string>>
/** True where a form may be sent. */
export const isClean = (errors: Errors): boolean => Object.values(errors).every((error) => !error)

/** Sends once at a time; what the server refuses stands in `problem`, and what was typed stays. */
export function useSending(): {
  busy: boolean
  problem: string | undefined
  send: (act: () => Promise<unknown>) => Promise<void>
} {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string>()
  const textOf = useFailureText()
  const send = async (act: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setProblem(undefined)
    try {
      await act()
    } catch (error) {
      setProblem(textOf(error))
    }
    setBusy(false)
  }
  return { busy, problem, send }
}

/** The line above the buttons of a form; always there, so that nothing moves. */
export function Problem({ children }: { children: string | undefined }) {
  return (
    <p class="help bad" role="alert">
      {children ?? ' '}
    </p>
  )
}

/** A form in a dialog: fields, the line for what went wrong, cancel and do. `act` throws where it is refused. */
export function FormDialog(props: {
  title: string
  about?: ComponentChildren
  submit: string
  act: () => Promise<unknown>
  /** Looked at first; false keeps it from being sent. */
  check?: () => boolean
  onClose: () => void
  wide?: boolean
  children?: ComponentChildren
}) {
  const { shared } = useWords()
  const { busy, problem, send } = useSending()
  return (
    <Dialog
      title={props.title}
      wide={props.wide}
      onClose={props.onClose}
      onSubmit={() => {
        if (props.check?.() ?? true) send(props.act)
      }}
    >
      {props.about && <p class="two">{props.about}</p>}
      {props.children}
      <Problem>{problem}</Problem>
      <div class="do">
        <Button onClick={props.onClose}>{shared.cancel}</Button>
        <Button go type="submit" busy={busy}>
          {props.submit}
        </Button>
      </div>
    </Dialog>
  )
}
