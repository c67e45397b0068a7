import type { Nas } from '../../../api/schemas/nas.ts'
import { call } from '../../call.ts'
import { FormDialog } from '../../parts/form.tsx'
import { toast } from '../../parts/toast.tsx'
import { useQuery } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import { GatewayFields, gatewayInput, RadiusFields, useGatewayForm } from './gateway-fields.tsx'

type Props = { nas: Nas; onClose: () => void; again: () => Promise<void> }

export function EditGatewayDialog({ nas, onClose, again }: Props) {
  const { sites: w, shared } = useWords()
  const form = useGatewayForm({
    gateway: nas.gateway,
    name: nas.name,
    address: nas.address ?? '',
    nasIdentifier: nas.nasIdentifier ?? '',
    tlsIdentity: nas.tlsIdentity ?? '',
    coaPort: String(nas.coaPort),
    acctInterimIntervalSeconds: String(nas.acctInterimIntervalSeconds),
    messageAuthenticator: nas.messageAuthenticator,
    macAuth: nas.macAuth,
  })
  return (
    <FormDialog
      title={nas.name}
      submit={shared.save}
      wide
      check={form.check}
      onClose={onClose}
      act={async () => {
        await call('PATCH /nas/:id', { params: { id: nas.id }, body: gatewayInput(form.draft) })
        await again()
        toast(w.form.saved)
        onClose()
      }}
    >
      <GatewayFields {...form} />
      <RadiusFields {...form} />
    </FormDialog>
  )
}

/** The former secret stays good for a day: nobody is cut off before the new one is typed in. */
export function RotateSecretDialog({ nas, onClose, again }: Props) {
  const { sites: w } = useWords()
  const [, setQuery] = useQuery()
  return (
    <FormDialog
      title={w.rotateTitle(nas.name)}
      about={w.rotateHelp}
      submit={w.rotate}
      onClose={onClose}
      act={async () => {
        const secret = newSecret()
        await call('PATCH /nas/:id', {
          params: { id: nas.id },
          // openNDS knows only the key of its portal.
          body: nas.gateway === 'opennds' && nas.hasPortalSecret ? { portalSecret: secret } : { secret },
        })
        await again()
        setQuery({ text: nas.id })
        toast(w.rotated)
        onClose()
      }}
    />
  )
}

export function RemoveGatewayDialog({ nas, onClose, again }: Props) {
  const { sites: w } = useWords()
  return (
    <FormDialog
      title={w.removeTitle(nas.name)}
      about={w.removeHelp}
      submit={w.remove}
      onClose={onClose}
      act={async () => {
        await call('DELETE /nas/:id', { params: { id: nas.id } })
        await again()
        toast(w.removed(nas.name))
        onClose()
      }}
    />
  )
}

/** 100 bits from letters and figures that nobody mistakes for each other, in groups that can be read out. */
function newSecret(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'
  const drawn = crypto.getRandomValues(new Uint8Array(20))
  const letters = [...drawn].map((octet) => alphabet[octet % 32]).join('')
  return letters.match(/.{5}/g)?.join('-') ?? letters
}
