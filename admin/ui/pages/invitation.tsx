import { useEffect, useState } from 'preact/hooks'
import type { Answer } from '../../api/contract.ts'
import { failureFrom } from '../ask.ts'
import { call, type Failure } from '../call.ts'
import { Empty, ErrorBox } from '../parts/blank.tsx'
import { Button, ButtonLink } from '../parts/button.tsx'
import { TextField } from '../parts/field.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { toast } from '../parts/toast.tsx'
import { go, to } from '../router.ts'
import { useWords } from '../words/index.ts'
import { Door } from './door/door.tsx'

export const codeOfFragment = () => new URLSearchParams(location.hash.slice(1)).get('code') ?? ''

/** Where an invitation leads. Its code stands in the fragment and is asked about by POST: it is in no log. */
export function InvitationPage() {
  const { door } = useWords()
  const w = door.invitation
  const [code] = useState(codeOfFragment)
  const [found, setFound] = useState<Answer<'POST /invitations/look'>>()
  const [failure, setFailure] = useState<Failure>()
  useEffect(() => {
    call('POST /invitations/look', { body: { code } }).then(setFound, (error) =>
      setFailure(failureFrom(error)),
    )
  }, [code])
  const dead = failure && failure.status >= 400 && failure.status < 500
  return (
    <Door title={w.title}>
      {dead && (
        <Empty
          top
          art={false}
          title={w.dead}
          actions={<ButtonLink href={to('/sign-in')}>{w.toSignIn}</ButtonLink>}
        >
          {w.deadHelp}
        </Empty>
      )}
      {failure && !dead && <ErrorBox failure={failure} />}
      {found && <Take code={code} found={found} />}
    </Door>
  )
}

function Take({ code, found }: { code: string; found: Answer<'POST /invitations/look'> }) {
  const { door } = useWords()
  const w = door.invitation
  const [name, setName] = useState(found.name)
  const [password, setPassword] = useState('')
  const [error, setError] = useState<string>()
  const [busy, setBusy] = useState(false)
  const missing = found.needsPassword ? 12 - [...password].length : password ? 0 : 1
  const submit = async () => {
    if (missing > 0) return setError(found.needsPassword ? w.passwordShort(missing) : door.needPassword)
    setBusy(true)
    try {
      await call('POST /invitations/take', { body: { code, name: name.trim() || found.name, password } })
      toast(w.taken)
      go('/sign-in', { replace: true })
    } catch (problem) {
      const failure = failureFrom(problem)
      setError(failure.message || failure.code)
      setBusy(false)
    }
  }
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <div class="who">
        <h1>{w.hello(found.name)}</h1>
        <p class="read two">{w.about(found.merchant)}</p>
      </div>
      <TextField
        label={w.email}
        type="email"
        autocomplete="username"
        value={found.email}
        disabled
        onInput={() => {}}
      />
      <TextField label={w.name} autocomplete="name" maxLength={80} value={name} onInput={setName} />
      <PasswordField
        label={found.needsPassword ? w.password : w.ownPassword}
        hint={found.needsPassword ? w.passwordHint : w.ownPasswordHint}
        autocomplete={found.needsPassword ? 'new-password' : 'current-password'}
        value={password}
        error={error}
        onInput={setPassword}
      />
      <Button go type="submit" busy={busy}>
        {w.take}
      </Button>
    </form>
  )
}
