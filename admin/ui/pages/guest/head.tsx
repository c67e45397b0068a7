import { useEffect, useId, useRef, useState } from 'preact/hooks'
import type { GuestProfile } from '../../../api/schemas/guests.ts'
import { useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { Button } from '../../parts/button.tsx'
import { Light } from '../../parts/light.tsx'
import { useMay, useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { LifecycleWord } from '../guests/columns.tsx'
import { PhoneNumber } from './reveal.tsx'
import type { Profile } from './use-profile.ts'
import { numberOf } from './use-reveals.ts'

/** Who it is, at a glance, and what can be done to the whole of them. */
export function GuestHead(props: {
  control: Profile
  profile: GuestProfile
  editing: boolean
  setEditing: (on: boolean) => void
}) {
  const { guest: w, shared } = useWords()
  const { control, profile, editing, setEditing } = props
  const mayChange = useMay('guests.change')
  const isBlocked = profile.blockedAt !== null
  return (
    <div class="phead">
      {editing ? (
        <div>
          <h1 class="vh">{profile.name ?? shared.noName}</h1>
          <NameForm control={control} profile={profile} onClose={() => setEditing(false)} />
        </div>
      ) : (
        <h1 class={profile.name ? undefined : 'unnamed'}>{profile.name ?? shared.noName}</h1>
      )}
      <Facts control={control} profile={profile} withNumber />
      {mayChange && !editing && (
        <div class="end">
          <Button icon="pen" onClick={() => setEditing(true)}>
            {w.editName} <kbd>e</kbd>
          </Button>
          <Button icon={isBlocked ? 'check' : 'block'} onClick={() => control.setBlocked(!isBlocked)}>
            {isBlocked ? w.unblock : w.block}
          </Button>
        </div>
      )}
    </div>
  )
}

/** Regular, how far they are, whether they are here, and the number. */
export function Facts(props: { control: Profile; profile: GuestProfile; withNumber?: boolean }) {
  const { guest: w, guests } = useWords()
  const { profile, control } = props
  const { sites } = useMe()
  const format = useFormat()
  const dates = useDates()
  const now = useNow(60_000)
  const number = numberOf(profile)
  const siteName = sites.find((site) => site.id === profile.inShop?.siteId)?.name
  return (
    <p class="facts">
      {profile.regular && (
        <span class="regular">
          <span class="mark" />
          {guests.regular}
        </span>
      )}
      {profile.blockedAt ? (
        <Light state="bad">{w.blockedSince(dates.day(profile.blockedAt, now))}</Light>
      ) : (
        <LifecycleWord lifecycle={profile.lifecycle} />
      )}
      {profile.inShop ? (
        <span class="light ok">
          <span class="ok">{w.inShopSince(format.time(profile.inShop.since), siteName ?? '')}</span>
        </span>
      ) : (
        <span class="two">{w.lastSeen(dates.seen(profile.lastSeenAt, now))}</span>
      )}
      {props.withNumber && number && (
        <span class="no">
          <PhoneNumber control={control} identity={number} />
        </span>
      )}
    </p>
  )
}

/** The name in its own place. Enter keeps it, Escape leaves it as it was. */
export function NameForm(props: { control: Profile; profile: GuestProfile; onClose: () => void }) {
  const { guest: w, shared } = useWords()
  const [name, setName] = useState(props.profile.name ?? '')
  const [busy, setBusy] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const line = useId()
  useEffect(() => input.current?.select(), [])
  const submit = async (event: Event) => {
    event.preventDefault()
    setBusy(true)
    const done = await props.control.rename(name.normalize('NFC').trim() || null)
    setBusy(false)
    if (done) props.onClose()
  }
  return (
    <form
      class="rename"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.isComposing) return
        event.stopPropagation()
        props.onClose()
      }}
    >
      <label class="vh" for={`${line}-name`}>
        {w.name}
      </label>
      <input
        ref={input}
        id={`${line}-name`}
        class="input"
        type="text"
        autocomplete="off"
        maxLength={80}
        aria-describedby={line}
        value={name}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Button go type="submit" busy={busy}>
        {shared.save}
      </Button>
      <Button onClick={props.onClose}>{shared.cancel}</Button>
      <p class="help" id={line}>
        {w.nameHint}
      </p>
    </form>
  )
}
