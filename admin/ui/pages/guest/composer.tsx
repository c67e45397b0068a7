import { useEffect, useRef, useState } from 'preact/hooks'
import { call, Failure } from '../../call.ts'
import { useFormat } from '../../format.ts'
import { Button } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { toast } from '../../parts/toast.tsx'
import { useSite } from '../../session.ts'
import { useWords } from '../../words/index.ts'

export type Mode = 'note' | 'call' | 'complaint'
export type Correcting = { id: string; kind: Mode; text: string; at: string }

const modes: Mode[] = ['note', 'call', 'complaint']
const icons = { note: 'page', call: 'call', complaint: 'warn' } as const
const longest = 4000
const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** Words that were typed and not sent, by guest: they outlive a look at another guest. */
const drafts = new Map<string, string>()

/** A note, a call or a complaint. What is written stays; it can be corrected by another entry. */
export function Composer(props: {
  guestId: string
  narrow?: boolean
  /** Puts the keyboard into it at once. */
  takesFocus?: boolean
  correcting?: Correcting
  stopCorrecting?: () => void
  written: () => void
}) {
  const { guest: w, shared } = useWords()
  const { guestId, correcting } = props
  const { siteId } = useSite()
  const format = useFormat()
  const [mode, setMode] = useState<Mode>('note')
  const [text, setText] = useState(drafts.get(guestId) ?? '')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const area = useRef<HTMLTextAreaElement>(null)
  const kind = correcting?.kind ?? mode

  useEffect(() => {
    if (props.takesFocus) area.current?.focus()
  }, [props.takesFocus])
  useEffect(() => {
    if (!correcting) return
    setText(correcting.text)
    area.current?.focus()
    area.current?.scrollIntoView({ block: 'center' })
  }, [correcting])

  const type = (value: string) => {
    setText(value)
    setError(undefined)
    if (value) drafts.set(guestId, value)
    else drafts.delete(guestId)
  }
  const send = async () => {
    const said = text.trim()
    if (!said) return fail(w.composer.empty)
    if (said.length > longest) return fail(w.composer.tooLong(format.number(longest)))
    setBusy(true)
    try {
      await call('POST /guests/:id/interactions', {
        params: { id: guestId },
        body: {
          kind,
          text: said,
          ...(siteId && { siteId }),
          ...(correcting && { correctsId: correcting.id }),
        },
      })
      type('')
      props.stopCorrecting?.()
      toast(w.composer.added[kind])
      props.written()
    } catch (failure) {
      fail(failure instanceof Failure && failure.message ? failure.message : shared.failed.unreachable)
    } finally {
      setBusy(false)
    }
  }
  const fail = (message: string) => {
    setError(message)
    area.current?.focus()
  }
  const help = kind === 'complaint' ? w.composer.helpComplaint : w.composer.help
  return (
    <form
      class="composer"
      aria-label={w.composer.label}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: three buttons in a bar are no fieldset */}
      <div class="modes" role="group" aria-label={w.composer.label}>
        {modes.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={kind === one}
            disabled={correcting && kind !== one}
            onClick={() => setMode(one)}
          >
            <Icon name={icons[one]} />
            {w.composer.modes[one]}
          </button>
        ))}
      </div>
      <textarea
        ref={area}
        class="in"
        rows={2}
        aria-label={w.composer.what[kind]}
        placeholder={w.composer.what[kind]}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby="composer-line"
        value={text}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <div class="send">
        <span id="composer-line" class={error ? 'bad' : undefined} role={error ? 'alert' : undefined}>
          {error ?? (correcting ? w.composer.correcting(format.dateTime(correcting.at)) : help)}
        </span>
        {correcting && (
          <button
            type="button"
            class="act"
            onClick={() => {
              type('')
              props.stopCorrecting?.()
            }}
          >
            {w.composer.stopCorrecting}
          </button>
        )}
        <Button small type="submit" busy={busy}>
          {w.composer.add[kind]} {!props.narrow && <kbd>{isMac ? '⌘↵' : 'Ctrl ↵'}</kbd>}
        </Button>
      </div>
    </form>
  )
}
