import { useState } from 'preact/hooks'
import type { Nas, Problem } from '../../../api/schemas/nas.ts'
import { useNow } from '../../ask.ts'
import { call } from '../../call.ts'
import { useFormat } from '../../format.ts'
import { CopyButton } from '../../parts/copy-box.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Light } from '../../parts/light.tsx'
import { Menu, MenuItem } from '../../parts/menu.tsx'
import { Time } from '../../parts/time.tsx'
import { useQuery } from '../../router.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { EditGatewayDialog, RemoveGatewayDialog, RotateSecretDialog } from './gateway-dialogs.tsx'
import { LastPacketDialog } from './last-packet.tsx'

const lights = { answers: 'ok', 'half-works': 'warn', silent: 'bad', never: 'off' } as const
type Open = 'edit' | 'packet' | 'rotate' | 'remove'

export function GatewayRow({ nas, again }: { nas: Nas; again: () => Promise<void> }) {
  const { sites: w, shared, plans } = useWords()
  const mayChange = useMay('sites.change')
  const [open, setOpen] = useState<Open>()
  const [, setQuery] = useQuery()
  const close = () => setOpen(undefined)
  const light = lights[nas.health]
  const state = useHealthText(nas)
  return (
    <div class="gw">
      <div>
        <b class="name">{nas.name}</b>
        <span class="two">
          {[w.families[nas.gateway], nas.address ?? nas.nasIdentifier].filter(Boolean).join(' · ')}
        </span>
      </div>
      <span class="state">
        <Light state={light}>
          <span class={light === 'off' ? undefined : light}>{state}</span>
        </Light>
      </span>
      <span class="seen num">{nas.lastSeenAt ? <Time at={nas.lastSeenAt} as="ago" /> : '–'}</span>
      <span class="on num">{nas.onlineNow}</span>
      <Menu
        button="icon"
        label={`${shared.actions}: ${nas.name}`}
        pop="narrow"
        summary={<Icon name="more" />}
      >
        {mayChange && <MenuItem onClick={() => setOpen('edit')}>{w.menu.edit}</MenuItem>}
        {mayChange && <MenuItem onClick={() => setQuery({ text: nas.id })}>{w.menu.text}</MenuItem>}
        <MenuItem onClick={() => setOpen('packet')}>{plans.packet.menu}</MenuItem>
        {mayChange && <MenuItem onClick={() => setOpen('rotate')}>{w.menu.rotate}</MenuItem>}
        {mayChange && (
          <MenuItem bad onClick={() => setOpen('remove')}>
            {w.menu.remove}
          </MenuItem>
        )}
      </Menu>
      {nas.problems.map((problem) => (
        <Fix key={problem.kind} nas={nas} problem={problem} />
      ))}
      {nas.health === 'never' && nas.problems.length === 0 && (
        <div class="fix">
          <p>{w.neverHelp}</p>
        </div>
      )}
      {open === 'packet' && <LastPacketDialog nas={nas} onClose={close} />}
      {open === 'edit' && <EditGatewayDialog nas={nas} onClose={close} again={again} />}
      {open === 'rotate' && <RotateSecretDialog nas={nas} onClose={close} again={again} />}
      {open === 'remove' && <RemoveGatewayDialog nas={nas} onClose={close} again={again} />}
    </div>
  )
}

function useHealthText(nas: Nas): string {
  const { sites: w } = useWords()
  const format = useFormat()
  const now = useNow(30_000)
  if (nas.health !== 'silent') return w.state[nas.health]
  if (!nas.lastSeenAt) return w.state.silentPlain
  return w.state.silent(format.length((now.getTime() - new Date(nas.lastSeenAt).getTime()) / 1000))
}

/** Cause, remedy, and the button that helps. */
function Fix({ nas, problem }: { nas: Nas; problem: Problem }) {
  const { sites: w } = useWords()
  const format = useFormat()
  const mayCopy = useMay('gateways.secret')
  const isSecret = problem.kind.includes('secret')
  return (
    <div class={`fix ${nas.health === 'silent' ? 'bad' : 'warn'}`}>
      <p>
        <b>{problem.text}</b> {problem.remedy}
        {problem.count > 1 && (
          <span class="two"> {w.packets(problem.count, format.clock(problem.since))}</span>
        )}
      </p>
      {isSecret && mayCopy && (
        <div class="btns">
          <CopyButton small={false} text={() => copySecret(nas, problem)}>
            {w.copySecret}
          </CopyButton>
        </div>
      )}
    </div>
  )
}

async function copySecret(nas: Nas, problem: Problem): Promise<string> {
  const { secret, portalSecret } = await call('POST /nas/:id/secret', { params: { id: nas.id } })
  return (problem.kind.includes('portal') && portalSecret) || secret
}
