import { useState } from 'preact/hooks'
import type { ApiKey, ApiKeyMade } from '../../../api/schemas/api-keys.ts'
import { useAsk } from '../../ask.ts'
import { call } from '../../call.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { CopyBox } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { TextField, Tick } from '../../parts/field.tsx'
import { FormDialog } from '../../parts/form.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { Time } from '../../parts/time.tsx'
import { toast } from '../../parts/toast.tsx'
import { useQuery } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import { Setting } from './setting.tsx'

/** Keys for programs: made, told once, revoked. */
export function ApiKeys() {
  const { settings, shared } = useWords()
  const w = settings.keys
  const format = useFormat()
  const [query, setQuery] = useQuery()
  const { data, failure, slow, again } = useAsk('GET /api-keys')
  const [made, setMade] = useState<ApiKeyMade>()
  const [revoking, setRevoking] = useState<ApiKey>()
  const { columns } = w
  return (
    <Setting
      id="keys"
      title={w.title}
      help={w.help}
      action={
        <Button icon="key" onClick={() => setQuery({ add: 'key' })}>
          {w.new}
        </Button>
      }
    >
      {!data && (failure ? <ErrorBox failure={failure} again={again} /> : slow && <Skeleton />)}
      {data?.items.length === 0 && (
        <div class="nothing">
          <p>
            <b>{w.none}</b>
          </p>
          <p class="two">{w.noneHelp}</p>
        </div>
      )}
      {data && data.items.length > 0 && (
        <TableFrame label={w.title}>
          <table class="grid">
            <Head
              columns={[
                { label: columns.key },
                { label: columns.may },
                { label: columns.used },
                { label: columns.made },
                { label: shared.actions, hidden: true },
              ]}
            />
            <tbody>
              {data.items.map((key) => (
                <tr key={key.id}>
                  <td class="tall">
                    <b>{key.name}</b>
                    <small class="mono">{key.hint}…</small>
                  </td>
                  <td>{key.mayReveal ? w.mayAll : w.mayMasked}</td>
                  <td>
                    {key.lastUsedAt ? <Time at={key.lastUsedAt} /> : <span class="two">{w.never}</span>}
                  </td>
                  <td>{format.dateYear(key.createdAt)}</td>
                  <td class="num">
                    <Button small onClick={() => setRevoking(key)}>
                      {w.revoke}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      <p class="foot">
        <a class="link" href="/api/v1/openapi.json" target="_blank" rel="noreferrer">
          {w.description}
        </a>
      </p>
      {query.add === 'key' && (
        <NewKeyDialog
          onClose={() => setQuery({ add: undefined })}
          onMade={async (key) => {
            setQuery({ add: undefined })
            setMade(key)
            await again()
          }}
        />
      )}
      {made && (
        <Dialog title={w.madeTitle(made.name)} onClose={() => setMade(undefined)} wide>
          <p class="two">{w.madeHelp}</p>
          <CopyBox title={w.key} label={w.key} text={made.key} />
          <div class="do">
            <Button go onClick={() => setMade(undefined)}>
              {shared.close}
            </Button>
          </div>
        </Dialog>
      )}
      {revoking && (
        <FormDialog
          title={w.revokeTitle(revoking.name)}
          about={w.revokeHelp}
          submit={w.revoke}
          onClose={() => setRevoking(undefined)}
          act={async () => {
            await call('DELETE /api-keys/:id', { params: { id: revoking.id } })
            await again()
            toast(w.revoked(revoking.name))
            setRevoking(undefined)
          }}
        />
      )}
    </Setting>
  )
}

function NewKeyDialog(props: { onClose: () => void; onMade: (key: ApiKeyMade) => Promise<void> }) {
  const { settings } = useWords()
  const w = settings.keys
  const [name, setName] = useState('')
  const [mayReveal, setMayReveal] = useState(false)
  const [error, setError] = useState<string>()
  return (
    <FormDialog
      title={w.new}
      submit={w.make}
      onClose={props.onClose}
      check={() => {
        setError(name.trim() ? undefined : w.needName)
        return Boolean(name.trim())
      }}
      act={async () => props.onMade(await call('POST /api-keys', { body: { name: name.trim(), mayReveal } }))}
    >
      <TextField
        label={w.name}
        hint={w.nameHint}
        error={error}
        maxLength={80}
        value={name}
        onInput={setName}
      />
      <Tick label={w.reveal} hint={w.revealHint} checked={mayReveal} onChange={setMayReveal} />
    </FormDialog>
  )
}
