import { useState } from 'preact/hooks'
import { auth } from '../../call.ts'
import { Tick } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { toast } from '../../parts/toast.tsx'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'

export function PasswordDialog({ onClose }: { onClose: () => void }) {
  const w = useWords().settings.profile
  const { staff } = useMe()
  const [currentPassword, setCurrent] = useState('')
  const [newPassword, setNext] = useState('')
  const [others, setOthers] = useState(true)
  const [errors, setErrors] = useState<Errors<'current' | 'next'>>({})
  const missing = 12 - [...newPassword].length
  return (
    <FormDialog
      title={w.change}
      submit={w.change}
      onClose={onClose}
      check={() => {
        const found = {
          current: currentPassword ? undefined : w.needCurrent,
          next: missing > 0 ? w.tooShort(missing) : undefined,
        }
        setErrors(found)
        return isClean(found)
      }}
      act={async () => {
        await auth('change-password', { currentPassword, newPassword, revokeOtherSessions: others })
        toast(others ? w.changedOthers : w.changed)
        onClose()
      }}
    >
      <input type="hidden" autocomplete="username" value={staff?.email} />
      <PasswordField
        label={w.current}
        autocomplete="current-password"
        value={currentPassword}
        error={errors.current}
        onInput={setCurrent}
      />
      <PasswordField
        label={w.next}
        hint={w.passwordHelp}
        autocomplete="new-password"
        value={newPassword}
        error={missing > 0 ? errors.next : undefined}
        onInput={setNext}
      />
      <Tick label={w.others} checked={others} onChange={setOthers} />
    </FormDialog>
  )
}
