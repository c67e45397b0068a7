import { useState } from 'preact/hooks'
import type { GuestProfile, Identity } from '../../../api/schemas/guests.ts'
import { useNow } from '../../ask.ts'
import { Failure } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { CopyButton } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import type { Profile } from './use-profile.ts'
import { isMasked } from './use-reveals.ts'

/** A number, masked until somebody says what it is needed for; then whole, counting down. */
export function PhoneNumber({
  control,
  identity,
  small,
}: {
  control: Profile
  identity: Identity
  small?: boolean
}) {
  const { guest: w } = useWords()
  const may = useMay('guests.reveal')
  const { shown, hide, ask } = control.reveals
  const revealed = shown[identity.id]
  useNow(revealed ? 1000 : 60_000)
  if (!revealed)
    return (
      <>
        <span class="val">{identity.value}</span>
        {may && identity.kind === 'phone' && isMasked(identity.value) && (
          <RevealButton small={small} onClick={() => ask(identity)} />
        )}
      </>
    )
  const left = Math.max(0, Math.ceil((revealed.until - Date.now()) / 1000))
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
  return (
    <>
      <a class="val clear" href={`tel:${revealed.phone}`}>
        {revealed.spaced}
      </a>
      <span class="two small hides">{w.reveal.hides(clock)}</span>
      <CopyButton text={revealed.phone} />
      <Button small onClick={() => hide(identity.id)}>
        {w.reveal.hide}
      </Button>
    </>
  )
}

function RevealButton({ small, onClick }: { small?: boolean; onClick: () => void }) {
  const { guest: w } = useWords()
  return small ? (
    <button type="button" class="act small" onClick={onClick}>
      {w.reveal.button}
    </button>
  ) : (
    <Button small icon="eye" onClick={onClick}>
      {w.reveal.button}
    </Button>
  )
}

const reasons = ['call', 'order', 'check', 'other'] as const
type Reason = (typeof reasons)[number]

/** Asks what the number is for. Draw it once on a page; it shows itself when a number is asked for. */
export function RevealDialog({ control, profile }: { control: Profile; profile: GuestProfile }) {
  const { asking } = control.reveals
  return asking ? <Ask key={asking.id} control={control} profile={profile} identity={asking} /> : null
}

function Ask(props: { control: Profile; profile: GuestProfile; identity: Identity }) {
  const { guest: w, shared } = useWords()
  const { reveals } = props.control
  const [reason, setReason] = useState<Reason>('call')
  const [words, setWords] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const close = () => reveals.ask(undefined)
  const submit = async () => {
    const said = words.trim()
    if (reason === 'other' && said.length < 3) return setError(w.reveal.tooShort)
    const text = reason === 'other' ? said : [w.reveal.reasons[reason], said].filter(Boolean).join(': ')
    setBusy(true)
    try {
      await reveals.reveal(props.identity, text.slice(0, 200))
      props.control.written()
      close()
    } catch (failure) {
      setError(failure instanceof Failure && failure.message ? failure.message : shared.failed.unreachable)
      setBusy(false)
    }
  }
  return (
    <Dialog title={w.reveal.title(props.identity.value)} onClose={close} onSubmit={submit}>
      <p>{w.reveal.text(props.profile.name ?? w.reveal.thisGuest)}</p>
      <fieldset class="ask">
        <legend>{w.reveal.why}</legend>
        {reasons.map((one) => (
          <label key={one}>
            <input
              type="radio"
              class="dot"
              name="reason"
              checked={reason === one}
              onChange={() => {
                setReason(one)
                setError(undefined)
              }}
            />
            {w.reveal.reasons[one]}
          </label>
        ))}
      </fieldset>
      <div class="field">
        <label for="reveal-words">{reason === 'other' ? w.reveal.wordsNeeded : w.reveal.words}</label>
        <input
          id="reveal-words"
          class="input"
          type="text"
          autocomplete="off"
          maxLength={140}
          value={words}
          required={reason === 'other'}
          aria-invalid={error ? 'true' : undefined}
          aria-describedby="reveal-line"
          onInput={(event) => {
            setWords(event.currentTarget.value)
            setError(undefined)
          }}
        />
        <p id="reveal-line" class={error ? 'help bad' : 'help'} role={error ? 'alert' : undefined}>
          {error ?? w.reveal.today(props.profile.revealedToday)}
        </p>
      </div>
      <div class="do">
        <Button onClick={close}>{shared.cancel}</Button>
        <Button go type="submit" busy={busy}>
          {w.reveal.go}
        </Button>
      </div>
    </Dialog>
  )
}
