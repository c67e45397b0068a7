import { useState } from 'preact/hooks'
import { auth } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { Light } from '../../parts/light.tsx'
import { toast } from '../../parts/toast.tsx'
import { useQuery } from '../../router.ts'
import { useSession } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { AskPassword, Codes, Enrol, type Enrolment } from './factor-dialogs.tsx'
import { Setting } from './setting.tsx'

type Open =
  | { step: 'on' | 'off' | 'codes' }
  | { step: 'enrol'; enrolment: Enrolment }
  | { step: 'keep'; codes: string[] }

/** On, off, or new recovery codes; each asks for the password first. */
export function FactorSettings({ isOn, opens }: { isOn: boolean; opens: boolean }) {
  const w = useWords().settings.profile
  const { again } = useSession()
  const [, setQuery] = useQuery()
  const [chosen, setOpen] = useState<Open>()
  const open = chosen ?? (opens && !isOn ? ({ step: 'on' } as const) : undefined)
  const close = async () => {
    setOpen(undefined)
    setQuery({ add: undefined })
    await again()
  }
  return (
    <Setting id="factor" title={w.factor} help={w.factorHelp}>
      <p class="set-line">
        <Light state={isOn ? 'ok' : 'warn'}>
          <span class={isOn ? 'ok' : 'warn'}>{isOn ? w.on : w.off}</span>
        </Light>
        {isOn ? (
          <>
            <Button onClick={() => setOpen({ step: 'codes' })}>{w.newCodes}</Button>
            <Button onClick={() => setOpen({ step: 'off' })}>{w.turnOff}</Button>
          </>
        ) : (
          <Button icon="lock" onClick={() => setOpen({ step: 'on' })}>
            {w.setUp}
          </Button>
        )}
      </p>
      {open?.step === 'on' && (
        <AskPassword
          title={w.setUp}
          about={w.factorHelp}
          onClose={close}
          act={async (password) => {
            const enrolment = await auth<Enrolment>('two-factor/enable', { password })
            setOpen({ step: 'enrol', enrolment })
          }}
        />
      )}
      {open?.step === 'enrol' && (
        <Enrol
          enrolment={open.enrolment}
          onClose={close}
          onDone={() => setOpen({ step: 'keep', codes: open.enrolment.backupCodes })}
        />
      )}
      {open?.step === 'keep' && (
        <Codes
          codes={open.codes}
          onClose={async () => {
            if (!isOn) toast(w.turnedOn)
            await close()
          }}
        />
      )}
      {open?.step === 'codes' && (
        <AskPassword
          title={w.newCodes}
          about={w.newCodesHelp}
          onClose={close}
          act={async (password) => {
            const { backupCodes } = await auth<{ backupCodes: string[] }>(
              'two-factor/generate-backup-codes',
              {
                password,
              },
            )
            setOpen({ step: 'keep', codes: backupCodes })
          }}
        />
      )}
      {open?.step === 'off' && (
        <AskPassword
          title={w.turnOff}
          about={w.turnOffHelp}
          onClose={close}
          act={async (password) => {
            await auth('two-factor/disable', { password })
            toast(w.turnedOff)
            await close()
          }}
        />
      )}
    </Setting>
  )
}
