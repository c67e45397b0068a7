import { useState } from 'preact/hooks'
import type { Invited, Member } from '../../../api/schemas/staff.ts'
import { useAsk } from '../../ask.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { useQuery } from '../../router.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Setting } from './setting.tsx'
import { InviteDialog, LinkDialog } from './staff-dialogs.tsx'
import { StaffRow } from './staff-row.tsx'

/** Who works here, with which rights, where. */
export function Staff() {
  const { settings, shared } = useWords()
  const w = settings.staff
  const mayChange = useMay('staff.change')
  const [query, setQuery] = useQuery()
  const { data, failure, slow, again } = useAsk('GET /staff')
  const [invited, setInvited] = useState<Invited>()
  const [showsEnded, setShowsEnded] = useState(false)
  const all: Member[] = data?.items ?? []
  const ended = all.filter(({ endedAt }) => endedAt)
  const shown = showsEnded ? all : all.filter(({ endedAt }) => !endedAt)
  const { columns } = w
  return (
    <Setting
      id="staff"
      title={w.title}
      help={w.help}
      action={
        mayChange && (
          <Button icon="plus" onClick={() => setQuery({ add: 'staff' })}>
            {w.invite}
          </Button>
        )
      }
    >
      {!data && (failure ? <ErrorBox failure={failure} again={again} /> : slow && <Skeleton />)}
      {data && (
        <TableFrame label={w.title}>
          <table class="grid">
            <Head
              columns={[
                { label: columns.name },
                { label: columns.role },
                { label: columns.sites },
                { label: columns.factor },
                { label: columns.seen },
                { label: columns.sessions, num: true },
                { label: shared.actions, hidden: true },
              ]}
            />
            <tbody>
              {shown.map((member) => (
                <StaffRow key={member.id} member={member} again={again} onInvited={setInvited} />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      {ended.length > 0 && (
        <p class="foot">
          <button type="button" class="link" onClick={() => setShowsEnded(!showsEnded)}>
            {showsEnded ? w.hideEnded : w.showEnded(ended.length)}
          </button>
        </p>
      )}
      {query.add === 'staff' && mayChange && (
        <InviteDialog
          onClose={() => setQuery({ add: undefined })}
          onInvited={async (answer) => {
            setQuery({ add: undefined })
            setInvited(answer)
            await again()
          }}
        />
      )}
      {invited && <LinkDialog invited={invited} onClose={() => setInvited(undefined)} />}
    </Setting>
  )
}
