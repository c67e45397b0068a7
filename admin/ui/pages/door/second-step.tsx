import { useEffect, useState } from 'preact/hooks'
import { auth, Failure } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { TextField, Tick } from '../../parts/field.tsx'
import { useWords } from '../../words/index.ts'
import { useDoorFailure } from './failure.ts'

/** The six digits, or a recovery code. Names the account, so that a shared tablet is no riddle. */
export function SecondStep(props: { email: string; onDone: () => void; onLeave: () => void }) {
  const { door } = useWords()
  const w = door.factor
  const [recovery, setRecovery] = useState(false)
  const [code, setCode] = useState('')
  const [trust, setTrust] = useState(false)
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const tell = useDoorFailure()
  const submit = async (typed = code) => {
    if (busy || !typed.trim()) return
    setBusy(true)
    try {
      const path = recovery ? 'two-factor/verify-backup-code' : 'two-factor/verify-totp'
      await auth(path, { code: typed.trim(), trustDevice: trust })
      props.onDone()
    } catch (failure) {
      const code = failure instanceof Failure ? failure.code : ''
      setError(
        code === 'INVALID_CODE' || code === 'INVALID_BACKUP_CODE'
          ? recovery
            ? w.recoveryWrong
            : w.wrong
          : code === 'INVALID_TWO_FACTOR_COOKIE'
            ? w.expired
            : tell(failure),
      )
      setBusy(false)
    }
  }
  useEffect(() => setError(undefined), [recovery])
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div class="who">
        <h1>{w.title}</h1>
        <p class="read two">{recovery ? w.recoveryAbout : w.about}</p>
      </div>
      <TextField
        key={recovery ? 'recovery' : 'app'}
        label={recovery ? w.recovery : w.code}
        hint={recovery ? w.recoveryHint : w.hint}
        class={recovery ? 'mono' : 'totp'}
        name="code"
        inputMode={recovery ? undefined : 'numeric'}
        autocomplete={recovery ? 'off' : 'one-time-code'}
        maxLength={recovery ? 32 : 6}
        autofocus
        value={code}
        error={error}
        onInput={(value) => {
          const typed = recovery ? value : value.replace(/\D/g, '')
          setCode(typed)
          if (!recovery && typed.length === 6) submit(typed)
        }}
      />
      <Tick label={w.trust} checked={trust} onChange={setTrust} />
      <Button go type="submit" busy={busy}>
        {w.go}
      </Button>
      <p>
        <button
          type="button"
          class="link"
          onClick={() => {
            setRecovery(!recovery)
            setCode('')
          }}
        >
          {recovery ? w.useApp : w.useRecovery}
        </button>
      </p>
      <p class="two">
        {w.as(props.email)}{' '}
        <button type="button" class="link" onClick={props.onLeave}>
          {w.notYou}
        </button>
      </p>
    </form>
  )
}
