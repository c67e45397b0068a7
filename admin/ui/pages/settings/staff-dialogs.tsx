import { useState } from 'preact/hooks'
import type { Role } from '../../../api/schemas/me.ts'
import type { Invited, Member } from '../../../api/schemas/staff.ts'
import { useAsk } from '../../ask.ts'
import { call } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { CopyBox } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { RoleFields } from './role-fields.tsx'

export function InviteDialog(props: { onClose: () => void; onInvited: (invited: Invited) => Promise<void> }) {
  const { settings } = useWords()
  const w = settings.staff
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState<Role>('staff')
  const [siteIds, setSiteIds] = useState<string[] | null>(null)
  const [errors, setErrors] = useState<Errors<'name' | 'email' | 'sites'>>({})
  return (
    <FormDialog
      title={w.inviteTitle}
      submit={w.make}
      onClose={props.onClose}
      check={() => {
        const found = {
          name: name.trim() ? undefined : w.needName,
          email: /^\S+@\S+\.\S+$/.test(email.trim()) ? undefined : w.needEmail,
          sites: siteIds?.length === 0 ? w.needSites : undefined,
        }
        setErrors(found)
        return isClean(found)
      }}
      act={async () => {
        const body = {
          name: name.trim(),
          email: email.trim(),
          role,
          siteIds: role === 'owner' ? null : siteIds,
        }
        await props.onInvited(await call('POST /staff', { body }))
      }}
    >
      <TextField label={w.name} error={errors.name} maxLength={80} value={name} onInput={setName} />
      <TextField
        label={w.email}
        error={errors.email}
        type="email"
        inputMode="email"
        autocomplete="off"
        spellcheck={false}
        maxLength={200}
        value={email}
        onInput={setEmail}
      />
      <RoleFields role={role} onRole={setRole} siteIds={siteIds} onSites={setSiteIds} error={errors.sites} />
    </FormDialog>
  )
}

/** The link is told once, to whoever invites: they send it on by a way they trust. */
export function LinkDialog({ invited, onClose }: { invited: Invited; onClose: () => void }) {
  const { settings, shared } = useWords()
  const w = settings.staff
  const { member, invitationUrl } = invited
  return (
    <Dialog title={w.linkTitle(member.name)} onClose={onClose} wide>
      <p class="two">{invitationUrl ? w.linkHelp : w.hasAccount}</p>
      {invitationUrl && <CopyBox title={w.link} label={w.link} text={invitationUrl} />}
      <div class="do">
        <Button go onClick={onClose}>
          {shared.close}
        </Button>
      </div>
    </Dialog>
  )
}

type Props = { member: Member; again: () => Promise<void>; onClose: () => void }

export function EditMemberDialog({ member, again, onClose }: Props) {
  const { settings, shared } = useWords()
  const w = settings.staff
  const session = useSession()
  const [name, setName] = useState(member.name)
  const [role, setRole] = useState<Role>(member.role)
  const [siteIds, setSiteIds] = useState(member.siteIds)
  const [errors, setErrors] = useState<Errors<'name' | 'sites'>>({})
  return (
    <FormDialog
      title={member.name}
      about={member.email}
      submit={shared.save}
      onClose={onClose}
      check={() => {
        const found = {
          name: name.trim() ? undefined : w.needName,
          sites: role !== 'owner' && siteIds?.length === 0 ? w.needSites : undefined,
        }
        setErrors(found)
        return isClean(found)
      }}
      act={async () => {
        await call('PATCH /staff/:id', {
          params: { id: member.id },
          body: { name: name.trim(), role, siteIds: role === 'owner' ? null : siteIds },
        })
        await Promise.all([again(), session.again()])
        toast(w.saved)
        onClose()
      }}
    >
      <TextField label={w.name} error={errors.name} maxLength={80} value={name} onInput={setName} />
      <RoleFields role={role} onRole={setRole} siteIds={siteIds} onSites={setSiteIds} error={errors.sites} />
    </FormDialog>
  )
}

export function EndMemberDialog({ member, again, onClose }: Props) {
  const { settings } = useWords()
  const w = settings.staff
  return (
    <FormDialog
      title={w.endTitle(member.name)}
      about={w.endHelp}
      submit={w.endDo}
      onClose={onClose}
      act={async () => {
        await call('PATCH /staff/:id', { params: { id: member.id }, body: { ended: true } })
        await again()
        toast(w.endedToast(member.name))
        onClose()
      }}
    />
  )
}

export function SignInsDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { settings, shared } = useWords()
  const w = settings.staff
  const { data } = useAsk('GET /staff/:id/sign-ins', { params: { id: member.id } })
  return (
    <Dialog title={w.signInsTitle(member.name)} onClose={onClose}>
      {data?.items.length === 0 && <p class="two">{w.nowhere}</p>}
      <ul class="lines">
        {data?.items.map((signIn) => (
          <li key={signIn.at} class="sign-in">
            <span>{signIn.device ?? settings.profile.unknownDevice}</span>
            <span class="two">{signIn.address ?? '–'}</span>
            <span class="two">
              <Time at={signIn.at} as="dateTime" />
            </span>
          </li>
        ))}
      </ul>
      <div class="do">
        <Button onClick={onClose}>{shared.close}</Button>
      </div>
    </Dialog>
  )
}
