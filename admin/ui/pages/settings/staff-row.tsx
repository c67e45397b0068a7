import { useState } from 'preact/hooks'
import type { Invited, Member } from '../../../api/schemas/staff.ts'
import { call } from '../../call.ts'
import { useFailureText } from '../../failure-text.ts'
import { Icon } from '../../parts/icon.tsx'
import { Light } from '../../parts/light.tsx'
import { Menu, MenuItem } from '../../parts/menu.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { useMay, useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { EditMemberDialog, EndMemberDialog, SignInsDialog } from './staff-dialogs.tsx'

type Open = 'edit' | 'sign-ins' | 'end'
type Props = { member: Member; again: () => Promise<void>; onInvited: (invited: Invited) => void }

export function StaffRow({ member, again, onInvited }: Props) {
  const { settings, shared } = useWords()
  const w = settings.staff
  const me = useMe()
  const mayChange = useMay('staff.change')
  const [open, setOpen] = useState<Open>()
  const textOf = useFailureText()
  const isMe = member.id === me.staff?.id
  const sites = member.siteIds?.map((id) => me.sites.find((site) => site.id === id)?.name).filter(Boolean)
  const attempt = (act: () => Promise<void>) => async () => {
    try {
      await act()
    } catch (error) {
      toast(textOf(error), { bad: true })
    }
  }
  const invite = attempt(async () => {
    const { name, email, role, siteIds } = member
    onInvited(await call('POST /staff', { body: { name, email, role, siteIds } }))
    await again()
  })
  const signOut = attempt(async () => {
    await call('POST /staff/:id/sign-out', { params: { id: member.id } })
    toast(w.signedOut(member.name))
    await again()
  })
  const close = () => setOpen(undefined)
  const works = !member.endedAt
  return (
    <tr>
      <td class="tall">
        <b>{member.name}</b>
        {isMe && <span class="two"> {w.you}</span>}
        <small>{member.email}</small>
      </td>
      <td>{w.roles[member.role]}</td>
      <td class="wrap">{sites ? sites.join(', ') : w.allSites}</td>
      <td>
        {works && member.joined && (
          <Light state={member.secondFactor ? 'ok' : 'warn'}>
            <span class={member.secondFactor ? 'ok' : 'warn'}>
              {member.secondFactor ? settings.profile.on : settings.profile.off}
            </span>
          </Light>
        )}
      </td>
      <td>
        {!works ? (
          <span class="two">{w.ended}</span>
        ) : !member.joined ? (
          <Light state="off">{w.invited}</Light>
        ) : member.lastSeenAt ? (
          <Time at={member.lastSeenAt} />
        ) : (
          shared.never
        )}
      </td>
      <td class="num">{member.sessions}</td>
      <td class="num">
        {mayChange && (
          <Menu
            button="icon"
            label={`${shared.actions}: ${member.name}`}
            pop="narrow"
            over
            summary={<Icon name="more" />}
          >
            {works && <MenuItem onClick={() => setOpen('edit')}>{w.menu.edit}</MenuItem>}
            {works && member.joined && (
              <MenuItem onClick={() => setOpen('sign-ins')}>{w.menu.signIns}</MenuItem>
            )}
            {works && member.joined && !isMe && <MenuItem onClick={signOut}>{w.menu.signOut}</MenuItem>}
            {(!works || !member.joined) && <MenuItem onClick={invite}>{w.menu.link}</MenuItem>}
            {works && (
              <MenuItem bad onClick={() => setOpen('end')}>
                {w.menu.end}
              </MenuItem>
            )}
          </Menu>
        )}
        {open === 'edit' && <EditMemberDialog member={member} again={again} onClose={close} />}
        {open === 'sign-ins' && <SignInsDialog member={member} onClose={close} />}
        {open === 'end' && <EndMemberDialog member={member} again={again} onClose={close} />}
      </td>
    </tr>
  )
}
