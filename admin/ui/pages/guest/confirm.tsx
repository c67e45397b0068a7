import { useState } from 'preact/hooks'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useWords } from '../../words/index.ts'

/** Asks before what nobody can take back: what follows, in words. Where there is an undo, nothing asks. */
export function Confirm(props: {
  title: string
  text: string
  go: string
  act: () => Promise<unknown>
  onClose: () => void
}) {
  const { shared } = useWords()
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    await props.act()
    props.onClose()
  }
  return (
    <Dialog title={props.title} onClose={props.onClose} onSubmit={submit}>
      <p>{props.text}</p>
      <div class="do">
        <Button onClick={props.onClose}>{shared.cancel}</Button>
        <Button go type="submit" busy={busy}>
          {props.go}
        </Button>
      </div>
    </Dialog>
  )
}
