import { useState } from 'preact/hooks'
import { useAsk } from '../ask.ts'
import { auth } from '../call.ts'
import { Button } from '../parts/button.tsx'
import { TextField, Tick } from '../parts/field.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { go, useQuery } from '../router.ts'
import { useWords } from '../words/index.ts'
import { Door } from './door/door.tsx'
import { useDoorFailure } from './door/failure.ts'
import { SecondStep } from './door/second-step.tsx'

type SignedIn = { twoFactorRedirect?: boolean }

/** Names no business: an installation may hold several. */
export function SignInPage() {
  const { door: w } = useWords()
  const [query] = useQuery()
  const { data: setup } = useAsk('GET /setup')
  const [secondFor, setSecondFor] = useState<string>()
  const enter = () => go(innerPath(query.to), { replace: true })
  if (secondFor)
    return (
      <Door title={w.factor.title} ajar>
        <SecondStep email={secondFor} onDone={enter} onLeave={() => setSecondFor(undefined)} />
      </Door>
    )
  return (
    <Door title={w.title}>
      {setup?.needed && (
        <div class="unowned" role="status">
          <h2>{w.notYet}</h2>
          <p>{w.notYetHelp}</p>
        </div>
      )}
      <FirstStep onDone={enter} onSecond={setSecondFor} />
    </Door>
  )
}

function FirstStep({ onDone, onSecond }: { onDone: () => void; onSecond: (email: string) => void }) {
  const { door: w } = useWords()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [stay, setStay] = useState(false)
  const [errors, setErrors] = useState<{ email?: string; password?: string }>({})
  const [busy, setBusy] = useState(false)
  const tell = useDoorFailure()
  const submit = async () => {
    const missing = {
      email: /^\S+@\S+$/.test(email.trim()) ? undefined : w.needEmail,
      password: password ? undefined : w.needPassword,
    }
    setErrors(missing)
    if (missing.email || missing.password || busy) return
    setBusy(true)
    try {
      const answer = await auth<SignedIn>('sign-in/email', {
        email: email.trim(),
        password,
        rememberMe: stay,
      })
      if (answer?.twoFactorRedirect) onSecond(email.trim())
      else onDone()
    } catch (error) {
      setErrors({ password: tell(error) })
    } finally {
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
        <h1>{w.hello[partOfDay()]}</h1>
        <p class="read two">{w.about}</p>
      </div>
      <TextField
        label={w.email}
        type="email"
        name="email"
        autocomplete="username"
        inputMode="email"
        spellcheck={false}
        maxLength={200}
        value={email}
        error={errors.email}
        onInput={setEmail}
      />
      <PasswordField
        label={w.password}
        autocomplete="current-password"
        value={password}
        error={errors.password}
        onInput={setPassword}
      />
      <Tick label={w.stay} checked={stay} onChange={setStay} />
      <Button go type="submit" busy={busy}>
        {w.signIn}
      </Button>
      <p class="two">{w.forgotten}</p>
    </form>
  )
}

/** Only paths of the panel itself: a link with `?to=` never leads elsewhere. */
function innerPath(to: string | undefined): string {
  return to?.startsWith('/') && !to.startsWith('//') && !to.includes('\\') ? to : '/'
}

function partOfDay(): 'morning' | 'afternoon' | 'evening' {
  const hour = new Date().getHours()
  return hour >= 5 && hour < 12 ? 'morning' : hour >= 12 && hour < 18 ? 'afternoon' : 'evening'
}
