import { useState } from 'preact/hooks'
import { SelectField, TextField, Tick } from '../../parts/field.tsx'
import type { Errors } from '../../parts/form.tsx'
import { useWords } from '../../words/index.ts'
import type { Family } from './family-picker.tsx'

/** A gateway as a form holds it: all text, as typed. */
export type GatewayDraft = {
  gateway: Family
  name: string
  address: string
  nasIdentifier: string
  tlsIdentity: string
  coaPort: string
  acctInterimIntervalSeconds: string
  messageAuthenticator: 'require' | 'auto' | 'off'
  macAuth: boolean
}

export const newGateway: GatewayDraft = {
  gateway: 'uam',
  name: '',
  address: '',
  nasIdentifier: '',
  tlsIdentity: '',
  coaPort: '3799',
  acctInterimIntervalSeconds: '300',
  messageAuthenticator: 'auto',
  macAuth: true,
}

export type GatewayForm = {
  draft: GatewayDraft
  errors: Errors<keyof GatewayDraft>
  change: (change: Partial<GatewayDraft>) => void
  check: () => boolean
}

export function useGatewayForm(start: GatewayDraft = newGateway): GatewayForm {
  const { form: w } = useWords().sites
  const [draft, setDraft] = useState(start)
  const [errors, setErrors] = useState<GatewayForm['errors']>({})
  return {
    draft,
    errors,
    change: (change) => setDraft((before) => ({ ...before, ...change })),
    check: () => {
      const found = { name: draft.name.trim() ? undefined : w.needName }
      setErrors(found)
      return !found.name
    },
  }
}

/** What the API takes; what is left empty is left out. */
export function gatewayInput(draft: GatewayDraft) {
  const isRadius = draft.gateway === 'uam'
  return {
    gateway: draft.gateway,
    name: draft.name.trim(),
    address: draft.address.trim() || null,
    nasIdentifier: draft.nasIdentifier.trim() || null,
    ...(isRadius
      ? {
          tlsIdentity: draft.tlsIdentity.trim() || null,
          coaPort: Number(draft.coaPort) || 3799,
          acctInterimIntervalSeconds: Number(draft.acctInterimIntervalSeconds) || 300,
          messageAuthenticator: draft.messageAuthenticator,
          macAuth: draft.macAuth,
        }
      : {}),
  }
}

/** Name, address, identifier: what tells one gateway from another. */
export function GatewayFields({ draft, errors, change }: GatewayForm) {
  const { form: w } = useWords().sites
  return (
    <div class="three-fields">
      <TextField
        label={w.name}
        hint={w.nameHint}
        error={errors.name}
        value={draft.name}
        maxLength={80}
        autocomplete="off"
        onInput={(name) => change({ name })}
      />
      <TextField
        label={w.address}
        hint={w.addressHint}
        value={draft.address}
        maxLength={45}
        autocomplete="off"
        spellcheck={false}
        placeholder="192.0.2.11"
        onInput={(address) => change({ address })}
      />
      <TextField
        label={w.identifier}
        hint={w.identifierHint}
        value={draft.nasIdentifier}
        maxLength={253}
        autocomplete="off"
        spellcheck={false}
        placeholder="AP-1"
        onInput={(nasIdentifier) => change({ nasIdentifier })}
      />
    </div>
  )
}

/** How its RADIUS behaves; good as it stands for most. */
export function RadiusFields({ draft, change }: GatewayForm) {
  const { form: w } = useWords().sites
  if (draft.gateway !== 'uam') return null
  return (
    <>
      <TextField
        label={w.certificate}
        hint={w.certificateHint}
        value={draft.tlsIdentity}
        maxLength={253}
        autocomplete="off"
        spellcheck={false}
        onInput={(tlsIdentity) => change({ tlsIdentity })}
      />
      <div class="two-fields">
        <TextField
          label={w.coaPort}
          value={draft.coaPort}
          inputMode="numeric"
          onInput={(coaPort) => change({ coaPort })}
        />
        <TextField
          label={w.interim}
          hint={w.interimHint}
          value={draft.acctInterimIntervalSeconds}
          inputMode="numeric"
          onInput={(acctInterimIntervalSeconds) => change({ acctInterimIntervalSeconds })}
        />
      </div>
      <SelectField
        label={w.messageAuthenticator}
        hint={w.maHint}
        value={draft.messageAuthenticator}
        options={(['auto', 'require', 'off'] as const).map((value) => ({ value, label: w.ma[value] }))}
        onChange={(value) => change({ messageAuthenticator: value as GatewayDraft['messageAuthenticator'] })}
      />
      <Tick
        label={w.macAuth}
        hint={w.macAuthHint}
        checked={draft.macAuth}
        onChange={(macAuth) => change({ macAuth })}
      />
    </>
  )
}
