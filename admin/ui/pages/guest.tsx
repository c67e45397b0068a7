import { useState } from 'preact/hooks'
import { useFormat } from '../format.ts'
import { ErrorBox, Stale } from '../parts/blank.tsx'
import { Icon } from '../parts/icon.tsx'
import { Main } from '../parts/main.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { go, to } from '../router.ts'
import { useMay } from '../session.ts'
import { useWords } from '../words/index.ts'
import { Balance } from './guest/balance.tsx'
import { Consents } from './guest/consents.tsx'
import { Contacts } from './guest/contacts.tsx'
import { Devices } from './guest/devices.tsx'
import { Fields } from './guest/fields.tsx'
import { GuestHead } from './guest/head.tsx'
import { RevealDialog } from './guest/reveal.tsx'
import { Say } from './guest/say.tsx'
import { Timeline } from './guest/timeline.tsx'
import { useProfile } from './guest/use-profile.ts'
import { Rhythm, ThreeFigures, VisitsByMonth } from './guest/visits.tsx'
import { type Command, useListKeys, useSingleKeys } from './guests/keys.tsx'
import { lastList } from './guests/use-guest-list.ts'

/** Everything about one guest, and everything that can be done for them. */
export function GuestPage({ id }: { id: string }) {
  const { guest: w, shared } = useWords()
  const control = useProfile(id)
  const [editing, setEditing] = useState(false)
  const mayChange = useMay('guests.change')
  const [singleKeys] = useSingleKeys()
  useListKeys(singleKeys, (command) => {
    const acts: Partial<Record<Command, () => boolean>> = {
      edit: () => {
        setEditing(mayChange)
        return mayChange
      },
      note: () => {
        const area = document.querySelector<HTMLElement>('.composer textarea')
        area?.focus()
        return Boolean(area)
      },
      next: () => goNear(id, 1),
      previous: () => goNear(id, -1),
    }
    return acts[command]?.() ?? false
  })
  const { data: profile, failure, slow, again } = control
  const name = profile ? (profile.name ?? shared.noName) : w.title
  return (
    <Main title={name}>
      <Back id={id} />
      {profile ? (
        <>
          <Stale failure={failure} again={again} />
          <GuestHead control={control} profile={profile} editing={editing} setEditing={setEditing} />
          <Say profile={profile} version={control.version} />
          <div class="value">
            <VisitsByMonth profile={profile} />
            <div>
              <ThreeFigures profile={profile} />
              <Rhythm profile={profile} />
            </div>
          </div>
          <div class="profile">
            <div class="side">
              <Contacts control={control} profile={profile} />
              <Consents control={control} profile={profile} />
              <Devices control={control} profile={profile} />
              <Balance guestId={profile.id} />
              <Fields profile={profile} />
            </div>
            <Timeline control={control} />
          </div>
          <RevealDialog control={control} profile={profile} />
        </>
      ) : failure ? (
        <ErrorBox failure={failure} again={again} />
      ) : (
        slow && <Skeleton lines={12} />
      )}
    </Main>
  )
}

/** Back to the list as it was left, with the place in it. */
function Back({ id }: { id: string }) {
  const { guest: w } = useWords()
  const format = useFormat()
  const at = lastList.ids.indexOf(id)
  return (
    <a class="back" href={to(`/guests${lastList.search}`)}>
      <Icon name="left" />
      {at < 0 ? w.backToList : w.backAt(format.number(at + 1), format.number(lastList.total))}
    </a>
  )
}

function goNear(id: string, step: 1 | -1): boolean {
  const at = lastList.ids.indexOf(id)
  const next = at < 0 ? undefined : lastList.ids[at + step]
  if (next) go(`/guests/${next}`, { replace: true })
  return Boolean(next)
}
