import { useState } from 'preact/hooks'
import { useAsk } from '../../ask.ts'
import { call } from '../../call.ts'
import { useFailureText } from '../../failure-text.ts'
import { Button } from '../../parts/button.tsx'
import { Light } from '../../parts/light.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { useQuery } from '../../router.ts'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { FactorSettings } from './factor.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { Setting } from './setting.tsx'

/** One's own name, password, second factor, and where one is signed in. */
export function Profile() {
  const { settings, shared } = useWords()
  const w = settings.profile
  const { staff, sites } = useMe()
  const [query, setQuery] = useQuery()
  if (!staff) return null
  const own = staff.siteIds?.map((id) => sites.find((site) => site.id === id)?.name).filter(Boolean)
  return (
    <>
      <Setting id="you" title={w.you} help={w.youHelp}>
        <dl class="kv lined">
          <dt>{w.name}</dt>
          <dd>{staff.name}</dd>
          <dt>{w.email}</dt>
          <dd>{staff.email}</dd>
          <dt>{w.role}</dt>
          <dd>{settings.staff.roles[staff.role]}</dd>
          <dt>{w.sites}</dt>
          <dd>{own ? own.join(', ') : shared.allSites}</dd>
        </dl>
      </Setting>
      <Setting id="password" title={w.password} help={w.passwordHelp}>
        <p class="set-line">
          <Button icon="lock" onClick={() => setQuery({ add: 'password' })}>
            {w.change}
          </Button>
        </p>
      </Setting>
      <FactorSettings isOn={staff.secondFactor} opens={query.add === 'factor'} />
      <OwnSessions />
      {query.add === 'password' && <PasswordDialog onClose={() => setQuery({ add: undefined })} />}
    </>
  )
}

function OwnSessions() {
  const { settings } = useWords()
  const w = settings.profile
  const { data, again } = useAsk('GET /me/sessions')
  const [gone, setGone] = useState<string[]>([])
  const textOf = useFailureText()
  const end = async (id: string) => {
    try {
      await call('DELETE /me/sessions/:id', { params: { id } })
      setGone((before) => [...before, id])
      toast(w.ended)
      await again()
    } catch (error) {
      toast(textOf(error), { bad: true })
    }
  }
  return (
    <Setting id="sessions" title={w.sessions} help={w.sessionsHelp}>
      <ul class="sess">
        {data?.items
          .filter(({ id }) => !gone.includes(id))
          .map((session) => (
            <li key={session.id}>
              <span>
                {session.device ?? w.unknownDevice} {session.isThis && <Light state="ok">{w.thisOne}</Light>}
              </span>
              <span class="two">{session.address ?? '–'}</span>
              <span class="two">
                <Time at={session.seenAt} as="ago" />
              </span>
              <span class="num">
                {!session.isThis && (
                  <Button small onClick={() => end(session.id)}>
                    {w.end}
                  </Button>
                )}
              </span>
            </li>
          ))}
      </ul>
    </Setting>
  )
}
