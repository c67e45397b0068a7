import { useState } from 'preact/hooks'
import type { UnknownNas } from '../../../api/schemas/nas.ts'
import type { Site } from '../../../api/schemas/sites.ts'
import { call } from '../../call.ts'
import { useFailureText } from '../../failure-text.ts'
import { useFormat } from '../../format.ts'
import { Button } from '../../parts/button.tsx'
import { TextField } from '../../parts/field.tsx'
import { type Errors, FormDialog, isClean } from '../../parts/form.tsx'
import { Light } from '../../parts/light.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { useWords } from '../../words/index.ts'
import { type Family, FamilyPicker } from './family-picker.tsx'

type Props = { source: UnknownNas; site: Site; again: () => Promise<void> }

/** A source of packets that nobody registered: not dropped in silence, but shown to be adopted or ignored. */
export function UnknownRow({ source, site, again }: Props) {
  const { sites } = useWords()
  const w = sites.unknown
  const format = useFormat()
  const [adopting, setAdopting] = useState(false)
  const textOf = useFailureText()
  const ignore = async () => {
    try {
      await call('POST /nas/unknown/:id/ignore', { params: { id: source.id } })
      await again()
      toast(w.ignored(source.address))
    } catch (error) {
      toast(textOf(error), { bad: true })
    }
  }
  return (
    <div class="gw">
      <div>
        <b class="name">{source.address}</b>
        {source.nasIdentifier && <span class="two">{w.calls(source.nasIdentifier)}</span>}
      </div>
      <span class="state">
        <Light state="off">{sites.state.unknown}</Light>
      </span>
      <span class="seen num">
        <Time at={source.lastAt} as="ago" />
      </span>
      <span class="on num">–</span>
      <span />
      <div class="fix">
        <p>
          <b>{w.text}</b> {w.since(source.count, format.clock(source.firstAt))}
        </p>
        <div class="btns">
          <Button go onClick={() => setAdopting(true)}>
            {w.adopt}
          </Button>
          <Button onClick={ignore}>{w.ignore}</Button>
        </div>
      </div>
      {adopting && (
        <AdoptDialog source={source} site={site} again={again} onClose={() => setAdopting(false)} />
      )}
    </div>
  )
}

function AdoptDialog({ source, site, again, onClose }: Props & { onClose: () => void }) {
  const { sites: w } = useWords()
  const [gateway, setGateway] = useState<Family>('uam')
  const [name, setName] = useState(source.nasIdentifier ?? 'AP-1')
  const [secret, setSecret] = useState('')
  const [errors, setErrors] = useState<Errors<'name' | 'secret'>>({})
  return (
    <FormDialog
      title={w.unknown.adoptTitle(source.address)}
      about={w.unknown.adoptHelp}
      submit={w.unknown.adopt.replace('…', '')}
      onClose={onClose}
      check={() => {
        const found = {
          name: name.trim() ? undefined : w.form.needName,
          secret: secret.trim() ? undefined : w.form.needSecret,
        }
        setErrors(found)
        return isClean(found)
      }}
      act={async () => {
        await call('POST /nas/unknown/:id/adopt', {
          params: { id: source.id },
          body: { siteId: site.id, gateway, name: name.trim(), secret: secret.trim() },
        })
        await again()
        toast(w.unknown.adopted(name.trim()))
        onClose()
      }}
    >
      <FamilyPicker value={gateway} onChange={setGateway} />
      <TextField label={w.form.name} error={errors.name} maxLength={80} value={name} onInput={setName} />
      <TextField
        label={w.form.secret}
        error={errors.secret}
        autocomplete="off"
        spellcheck={false}
        maxLength={128}
        class="mono"
        value={secret}
        onInput={setSecret}
      />
    </FormDialog>
  )
}
