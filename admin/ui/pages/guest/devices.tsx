import { useState } from 'preact/hooks'
import type { Device, GuestProfile } from '../../../api/schemas/guests.ts'
import { useNow } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { Icon } from '../../parts/icon.tsx'
import { Light } from '../../parts/light.tsx'
import { Section } from '../../parts/main.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Confirm } from './confirm.tsx'
import { LimitsDialog } from './limits-dialog.tsx'
import type { Profile } from './use-profile.ts'

type Asking = { device: Device; what: 'forget' | 'disconnect' | 'limits' }

/** What the guest goes online with, which of it is online, and until when it goes online by itself. */
export function Devices({ control, profile }: { control: Profile; profile: GuestProfile }) {
  const { guest: w } = useWords()
  const [asking, setAsking] = useState<Asking>()
  const close = () => setAsking(undefined)
  return (
    <Section id="devices" title={w.devices.title}>
      {profile.devices.length === 0 && <p class="two none">{w.devices.none}</p>}
      {profile.devices.map((device) => (
        <One key={device.id} device={device} ask={setAsking} />
      ))}
      {asking?.what === 'forget' && (
        <Confirm
          title={w.devices.forgetTitle(asking.device.mac)}
          text={w.devices.forgetText}
          go={w.devices.forgetGo}
          act={() => control.forgetDevice(asking.device.id)}
          onClose={close}
        />
      )}
      {asking?.what === 'disconnect' && (
        <Confirm
          title={w.devices.disconnectTitle(asking.device.mac)}
          text={w.devices.disconnectText}
          go={w.devices.disconnectGo}
          act={async () => asking.device.sessionId && control.disconnect(asking.device.sessionId)}
          onClose={close}
        />
      )}
      {asking?.what === 'limits' && asking.device.sessionId && (
        <LimitsDialog
          title={w.devices.limitsTitle(asking.device.mac)}
          change={(body) => control.changeLimits(asking.device.sessionId ?? '', body)}
          onClose={close}
        />
      )}
    </Section>
  )
}

function One({ device, ask }: { device: Device; ask: (asking: Asking) => void }) {
  const { guest: w } = useWords()
  const dates = useDates()
  const now = useNow(60_000)
  const mayForget = useMay('guests.change')
  const mayEnd = useMay('sessions.end')
  const isRemembered = device.rememberedUntil && new Date(device.rememberedUntil) > now
  const facts = [
    device.isRandomised ? w.devices.private : w.devices.fixed,
    isRemembered
      ? w.devices.remembered(dates.day(device.rememberedUntil ?? '', now))
      : w.devices.notRemembered,
    !device.online && w.devices.seen(dates.seen(device.lastSeenAt, now)),
  ]
  return (
    <div class="item">
      <Icon name={device.isRandomised ? 'phone' : 'laptop'} />
      <span class="val">
        {device.label} <span class="nb">{device.mac}</span>
      </span>
      <span class="ends">{device.online && <Light state="ok">{w.devices.online}</Light>}</span>
      <span class="sub">{facts.filter(Boolean).join(w.comma)}</span>
      <span class="more line">
        {device.online && mayEnd && device.sessionId && (
          <button type="button" class="act small" onClick={() => ask({ device, what: 'limits' })}>
            {w.devices.limits}
          </button>
        )}
        {device.online && mayEnd && device.sessionId && (
          <button type="button" class="act small" onClick={() => ask({ device, what: 'disconnect' })}>
            {w.devices.disconnect}
          </button>
        )}
        {mayForget && (
          <button type="button" class="act small" onClick={() => ask({ device, what: 'forget' })}>
            {w.devices.forget}
          </button>
        )}
      </span>
    </div>
  )
}
