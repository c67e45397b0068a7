import { useMemo, useState } from 'preact/hooks'
import { encode } from 'uqr'
import { auth } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { CopyBox } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { useWords } from '../../words/index.ts'

/** What the sign-in library answers: an otpauth:// address and the recovery codes. */
export type Enrolment = { totpURI: string; backupCodes: string[] }

export function AskPassword(props: {
  title: string
  about: string
  act: (password: string) => Promise<void>
  onClose: () => void
}) {
  const { settings } = useWords()
  const w = settings.profile
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string>()
  return (
    <FormDialog
      title={props.title}
      about={props.about}
      submit={w.goOn}
      onClose={props.onClose}
      check={() => {
        setError(password ? undefined : w.needCurrent)
        return Boolean(password)
      }}
      act={() => props.act(password)}
    >
      <PasswordField
        label={w.yourPassword}
        autocomplete="current-password"
        value={password}
        error={error}
        onInput={setPassword}
      />
    </FormDialog>
  )
}

/** Scan, type the six digits, and only then it counts. */
export function Enrol(props: { enrolment: Enrolment; onDone: () => void; onClose: () => void }) {
  const w = useWords().settings.profile
  const { totpURI } = props.enrolment
  const [code, setCode] = useState('')
  const [error, setError] = useState<string>()
  const secret = new URL(totpURI).searchParams.get('secret') ?? ''
  return (
    <FormDialog
      title={w.scan}
      about={w.scanHelp}
      submit={w.goOn}
      onClose={props.onClose}
      check={() => {
        setError(code.length === 6 ? undefined : w.wrongCode)
        return code.length === 6
      }}
      act={async () => {
        await auth('two-factor/verify-totp', { code })
        props.onDone()
      }}
    >
      <Qr text={totpURI} />
      <p class="mono small key">{secret.match(/.{1,4}/g)?.join(' ')}</p>
      <TextField
        label={w.typeCode}
        class="totp"
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={6}
        value={code}
        error={error}
        onInput={(value) => setCode(value.replace(/\D/g, ''))}
      />
    </FormDialog>
  )
}

/** Dark on light in either theme: many readers take nothing else. */
function Qr({ text }: { text: string }) {
  const w = useWords().settings.profile
  const { size, path } = useMemo(() => {
    const { data, size } = encode(text, { border: 4 })
    const path = data.flatMap((row, y) => row.flatMap((on, x) => (on ? [`M${x} ${y}h1v1h-1z`] : []))).join('')
    return { size, path }
  }, [text])
  return (
    <svg class="qr" role="img" aria-label={w.qr} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <path d={path} />
    </svg>
  )
}

export function Codes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const w = useWords().settings.profile
  return (
    <Dialog title={w.codes} onClose={onClose}>
      <p class="two">{w.codesHelp}</p>
      <CopyBox title="" label={w.codes} text={codes.join('\n')} />
      <div class="do">
        <Button go onClick={onClose}>
          {w.kept}
        </Button>
      </div>
    </Dialog>
  )
}
