import { useState } from 'preact/hooks'
import type { Me } from '../../../api/schemas/me.ts'
import type { Nas } from '../../../api/schemas/nas.ts'
import { call } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { Problem, useSending } from '../../parts/form.tsx'
import { to } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import { FamilyPicker } from '../sites/family-picker.tsx'
import { GatewayFields, gatewayInput, newGateway, useGatewayForm } from '../sites/gateway-fields.tsx'
import { ClearSetupText } from '../sites/setup-text.tsx'
import { addVirtualGateway } from '../sites/virtual-guest.tsx'

/** What hangs on the wall, and then what to type into it. */
export function GatewayStep({ site, onListen }: { site: Me['sites'][number]; onListen: () => unknown }) {
  const { setup, sites } = useWords()
  const w = setup.gateway
  const form = useGatewayForm({ ...newGateway, name: 'AP-1' })
  const [made, setMade] = useState<Nas>()
  const { busy, problem, send } = useSending()
  const make = () =>
    send(async () => {
      const { nas } = await call('POST /nas', { body: { ...gatewayInput(form.draft), siteId: site.id } })
      setMade(nas)
    })
  return (
    <>
      <h1>{w.title}</h1>
      <p class="read">{w.about(site.name)}</p>
      <div class="fam">
        <FamilyPicker
          value={form.draft.gateway}
          onChange={(gateway) => {
            form.change({ gateway })
            setMade(undefined)
          }}
        />
        <div>
          {made ? (
            <>
              <h2>
                {made.name} <span class="two">{sites.families[made.gateway]}</span>
              </h2>
              <ClearSetupText siteId={site.id} nasId={made.id} />
              <div class="next">
                <Button go onClick={onListen}>
                  {w.done}
                </Button>
              </div>
            </>
          ) : (
            <form
              noValidate
              onSubmit={(event) => {
                event.preventDefault()
                if (form.check()) make()
              }}
            >
              <GatewayFields {...form} />
              <Problem>{problem}</Problem>
              <div class="next">
                <Button go type="submit" busy={busy}>
                  {sites.form.make}
                </Button>
                <Button
                  onClick={() =>
                    send(async () => {
                      await addVirtualGateway(site, sites.virtual.gatewayName)
                      await onListen()
                    })
                  }
                >
                  {w.without}
                </Button>
                <a class="link end" href={to('/')}>
                  {w.later}
                </a>
              </div>
            </form>
          )}
        </div>
      </div>
    </>
  )
}
