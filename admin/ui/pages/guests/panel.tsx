import { useEffect, useRef } from 'preact/hooks'
import type { Guest, GuestProfile } from '../../../api/schemas/guests.ts'
import { useAsk, useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { ButtonLink, IconButton } from '../../parts/button.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { to, useQuery } from '../../router.ts'
import { useMay, useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Composer } from '../guest/composer.tsx'
import { tell } from '../guest/entry.tsx'
import { Facts, NameForm } from '../guest/head.tsx'
import { PhoneNumber, RevealDialog } from '../guest/reveal.tsx'
import { Say } from '../guest/say.tsx'
import { type Profile, useProfile } from '../guest/use-profile.ts'
import { Rhythm, ThreeFigures, VisitsByMonth } from '../guest/visits.tsx'
import { ConsentLight } from './columns.tsx'

type Panel = {
  id: string
  /** Place in the list; -1 where the list does not hold the guest. */
  at: number
  total: number
  step: (by: 1 | -1) => void
  close: () => void
  onChange: (guest: Guest) => void
}

/** The profile in a narrow form, beside the list: enough to greet, to call, to write a note. */
export function GuestPanel(props: Panel) {
  const { guests: w } = useWords()
  const control = useProfile(props.id, props.onChange)
  const { data: profile, failure, slow, again } = control
  const panel = useFocusWhereCovering()
  return (
    <aside ref={panel} class="panel" tabIndex={-1} aria-label={w.panel.label}>
      <Nav {...props} />
      {profile ? (
        <>
          <Body control={control} profile={profile} />
          <RevealDialog control={control} profile={profile} />
        </>
      ) : failure ? (
        <ErrorBox failure={failure} again={again} />
      ) : (
        slow && <Skeleton lines={8} />
      )}
    </aside>
  )
}

function Nav({ id, at, total, step, close }: Panel) {
  const { guests: w } = useWords()
  const format = useFormat()
  return (
    <div class="nav">
      <span class="two">
        {at < 0 ? w.panel.outside : w.panel.at(format.number(at + 1), format.number(total))}
      </span>
      <IconButton icon="up" label={`${w.panel.previous} (k)`} onClick={() => step(-1)} />
      <IconButton icon="down" label={`${w.panel.next} (j)`} onClick={() => step(1)} />
      <ButtonLink small href={to(`/guests/${id}`)}>
        {w.panel.full}
      </ButtonLink>
      <IconButton icon="cross" label={`${w.panel.close} (Esc)`} onClick={close} />
    </div>
  )
}

function Body({ control, profile }: { control: Profile; profile: GuestProfile }) {
  const { guest: w, shared } = useWords()
  const [query, setQuery] = useQuery()
  const mayChange = useMay('guests.change')
  const mayNote = useMay('guests.note')
  const editing = query.do === 'name' && mayChange
  return (
    <div class="body">
      {editing ? (
        <NameForm control={control} profile={profile} onClose={() => setQuery({ do: undefined })} />
      ) : (
        <div class="called">
          <h2 class="name">{profile.name ?? <span class="two">{shared.noName}</span>}</h2>
          {mayChange && (
            <IconButton icon="pen" label={`${w.editName} (e)`} onClick={() => setQuery({ do: 'name' })} />
          )}
        </div>
      )}
      <Facts control={control} profile={profile} />
      <Say profile={profile} version={control.version} />
      <section>
        <ThreeFigures profile={profile} />
      </section>
      <section>
        <VisitsByMonth profile={profile} narrow />
        <Rhythm profile={profile} narrow />
      </section>
      <Contacts control={control} profile={profile} />
      <Last control={control} />
      {mayNote && (
        <section>
          <h3>{w.panel.addNote}</h3>
          <Composer
            guestId={profile.id}
            narrow
            takesFocus={query.do === 'note'}
            written={() => {
              control.written()
              setQuery({ do: undefined })
            }}
          />
        </section>
      )}
    </div>
  )
}

function Contacts({ control, profile }: { control: Profile; profile: GuestProfile }) {
  const { guest: w } = useWords()
  return (
    <section>
      <h3>{w.contacts.title}</h3>
      <dl class="kv">
        {profile.identities.map((identity) => (
          <div key={identity.id} class="pair-of">
            <dt>{w.contacts.kind[identity.kind]}</dt>
            <dd class={identity.wrongAt ? 'line item wrong' : 'line'}>
              {identity.wrongAt ? (
                <>
                  <span class="val">{identity.value}</span> <b class="bad">{w.contacts.wrong}</b>
                </>
              ) : (
                <PhoneNumber control={control} identity={identity} small />
              )}
            </dd>
          </div>
        ))}
        <div class="pair-of">
          <dt>{w.panel.consent}</dt>
          <dd>
            <ConsentLight guest={profile} />
          </dd>
        </div>
      </dl>
    </section>
  )
}

/** The newest of the timeline, one line each. */
function Last({ control }: { control: Profile }) {
  const words = useWords()
  const { guest: w } = words
  const { sites } = useMe()
  const format = useFormat()
  const dates = useDates()
  const now = useNow(60_000)
  const { data, again } = useAsk('GET /guests/:id/timeline', {
    params: { id: control.id },
    query: { limit: 5 },
    everyMs: 20_000,
  })
  useEffect(() => {
    if (control.version) again()
  }, [control.version, again])
  if (!data?.items.length) return null
  return (
    <section>
      <h3>
        {w.panel.last}
        <a class="act" href={to(`/guests/${control.id}`)}>
          {w.panel.timeline}
        </a>
      </h3>
      <dl class="kv">
        {data.items.map((item) => {
          const told = tell(item, { words, format, dates, sites })
          return (
            <div key={item.id} class="pair-of">
              <dt>{dates.seen(item.at, now)}</dt>
              <dd>
                {told.title}
                {told.quote && <span class="said">{told.quote}</span>}
              </dd>
            </div>
          )
        })}
      </dl>
    </section>
  )
}

/** Takes the keyboard into the panel where it covers the list; beside the list it stays on its row. */
function useFocusWhereCovering() {
  const panel = useRef<HTMLElement>(null)
  useEffect(() => {
    if (matchMedia('(max-width: 1100px)').matches) panel.current?.focus()
  }, [])
  return panel
}
