import { useState } from 'preact/hooks'
import type { Nas } from '../../../api/schemas/nas.ts'
import type { Site } from '../../../api/schemas/sites.ts'
import { call } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form.tsx'
import { useWords } from '../../words/index.ts'
import { FamilyPicker } from './family-picker.tsx'
import { GatewayFields, gatewayInput, useGatewayForm } from './gateway-fields.tsx'
import { ClearSetupText } from './setup-text.tsx'

/** First what it is, then what to type into it, with its secret in the clear this once. */
export function AddGatewayDialog(props: { site: Site; onClose: () => void; onAdded: () => Promise<void> }) {
  const { sites: w, shared } = useWords()
  const { site, onClose, onAdded } = props
  const form = useGatewayForm()
  const [secret, setSecret] = useState('')
  const [made, setMade] = useState<Nas>()
  if (made)
    return (
      <Dialog title={made.name} onClose={onClose} wide>
        <ClearSetupText siteId={site.id} nasId={made.id} />
        <div class="do">
          <Button go onClick={onClose}>
            {shared.close}
          </Button>
        </div>
      </Dialog>
    )
  return (
    <FormDialog
      title={w.addGateway}
      about={site.name}
      submit={w.form.make}
      wide
      check={form.check}
      onClose={onClose}
      act={async () => {
        const { nas } = await call('POST /nas', {
          body: { ...gatewayInput(form.draft), siteId: site.id, secret: secret.trim() || undefined },
        })
        setMade(nas)
        await onAdded()
      }}
    >
      <FamilyPicker value={form.draft.gateway} onChange={(gateway) => form.change({ gateway })} />
      <GatewayFields {...form} />
      <TextField
        label={w.form.secret}
        hint={w.form.secretHint}
        optional
        class="mono"
        autocomplete="off"
        spellcheck={false}
        maxLength={128}
        value={secret}
        onInput={setSecret}
      />
    </FormDialog>
  )
}
