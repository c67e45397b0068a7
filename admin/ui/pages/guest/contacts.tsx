import { useState } from 'preact/hooks'
import type { GuestProfile, Identity } from '../../../api/schemas/guests.ts'
import { useDates } from '../../dates.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/field.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Section } from '../../parts/main.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { PhoneNumber } from './reveal.tsx'
import type { Profile } from './use-profile.ts'

const icons = { phone: 'phone', wechat: 'speech', email: 'mail' } as const

/** Every contact there ever was. A wrong one stays, struck out, so that nobody takes it in again as new. */
export function Contacts({ control, profile }: { control: Profile; profile: GuestProfile }) {
  const { guest: w } = useWords()
  const [marking, setMarking] = useState<Identity>()
  return (
    <Section id="contacts" title={w.contacts.title}>
      {profile.identities.length === 0 && <p class="two none">{w.contacts.none}</p>}
      {profile.identities.map((identity) => (
        <Contact
          key={identity.id}
          control={control}
          identity={identity}
          isOnly={profile.identities.length === 1}
          mark={() => setMarking(identity)}
        />
      ))}
      {marking && <MarkWrong control={control} identity={marking} onClose={() => setMarking(undefined)} />}
    </Section>
  )
}

function Contact(props: { control: Profile; identity: Identity; isOnly: boolean; mark: () => void }) {
  const { guest: w } = useWords()
  const { control, identity } = props
  const mayChange = useMay('guests.change')
  const dates = useDates()
  const isWrong = identity.wrongAt !== null
  return (
    <div class={isWrong ? 'item wrong' : 'item'}>
      <Icon name={icons[identity.kind]} label={w.contacts.kind[identity.kind]} />
      <span class="line">
        {isWrong ? (
          <span class="val">{identity.value}</span>
        ) : (
          <PhoneNumber control={control} identity={identity} small />
        )}
      </span>
      <span>
        {mayChange && (
          <button
            type="button"
            class="act small"
            onClick={isWrong ? () => control.markContact(identity.id, false) : props.mark}
          >
            {isWrong ? w.contacts.notWrong : w.contacts.markWrong}
          </button>
        )}
      </span>
      <span class="sub">
        {isWrong ? (
          <>
            <b class="bad">{w.contacts.wrong}</b>
            {w.contacts.wrongSince(dates.day(identity.wrongAt ?? ''), identity.wrongReason ?? '')}
          </>
        ) : (
          <>
            {identity.verifiedAt ? (
              <span class="ok">
                {[
                  !props.isOnly && identity.isPrimary && w.contacts.primary,
                  w.contacts.verified(dates.day(identity.verifiedAt)),
                ]
                  .filter(Boolean)
                  .join(w.comma)}
              </span>
            ) : (
              <span>{w.contacts.notVerified}</span>
            )}
            {w.comma}
            {w.contacts.since(dates.day(identity.createdAt), sourceWord(w.sources, identity.source))}
          </>
        )}
      </span>
    </div>
  )
}

/** Where a value came from; a source nobody has a word for is shown as it is. */
export const sourceWord = (words: Record<string, string>, source: string): string => words[source] ?? source

function MarkWrong(props: { control: Profile; identity: Identity; onClose: () => void }) {
  const { guest: w, shared } = useWords()
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const submit = async () => {
    setBusy(true)
    const done = await props.control.markContact(props.identity.id, true, reason.trim())
    setBusy(false)
    if (done) props.onClose()
  }
  return (
    <Dialog title={w.contacts.dialog(props.identity.value)} onClose={props.onClose} onSubmit={submit}>
      <p class="lead">{w.contacts.dialogText}</p>
      <TextField
        label={w.contacts.reason}
        optional
        hint={w.contacts.reasonHint}
        value={reason}
        onInput={setReason}
        maxLength={200}
        autocomplete="off"
      />
      <div class="do">
        <Button onClick={props.onClose}>{shared.cancel}</Button>
        <Button go type="submit" busy={busy}>
          {w.contacts.doMark}
        </Button>
      </div>
    </Dialog>
  )
}
