import type { Nas } from '../../../api/schemas/nas.ts'
import { useAsk } from '../../ask.ts'
import { call } from '../../call.ts'
import { Button } from '../../parts/button.tsx'
import { CopyBox } from '../../parts/copy-box.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Problem, useSending } from '../../parts/form.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'

type Of = { id: string; slug: string }

/** One it may speak for: known by its NAS-Identifier alone, or at an address of the server itself. */
const isVirtual = ({ gateway, address }: Nas) => gateway === 'uam' && (!address || address.startsWith('127.'))

/** Registers the gateway that the virtual access point speaks for, like any other; where there is one, nothing. */
export async function addVirtualGateway(site: Of, name: string): Promise<void> {
  const { items } = await call('GET /nas', { query: { site: site.id } })
  if (items.some(isVirtual)) return
  await call('POST /nas', {
    body: { siteId: site.id, gateway: 'uam', name, nasIdentifier: `virtual-${site.slug}` },
  })
}

/** The command that walks invented guests through everything; before it, the gateway it speaks for. */
export function VirtualGuest({
  site,
  guests = 1,
  onAdded,
}: {
  site: Of
  guests?: number
  onAdded?: () => unknown
}) {
  const { virtual: w } = useWords().sites
  const mayAdd = useMay('sites.change')
  const { data, again } = useAsk('GET /nas', { query: { site: site.id } })
  const { busy, problem, send } = useSending()
  if (!data) return null
  if (data.items.some(isVirtual))
    return (
      <>
        <p class="two">{w.run}</p>
        <CopyBox
          title={w.terminal}
          label={w.terminal}
          text={`npm run --silent doorman -- ap --site ${site.slug} --guests ${guests}`}
        />
      </>
    )
  return (
    <>
      <p class="two">{w.needsGateway}</p>
      <Problem>{problem}</Problem>
      {mayAdd && (
        <Button
          icon="play"
          busy={busy}
          onClick={() =>
            send(async () => {
              await addVirtualGateway(site, w.gatewayName)
              await again()
              await onAdded?.()
            })
          }
        >
          {w.add}
        </Button>
      )}
    </>
  )
}

export function VirtualGuestDialog(props: { site: Of; onAdded: () => unknown; onClose: () => void }) {
  const { sites: w, shared } = useWords()
  return (
    <Dialog title={w.virtual.title} onClose={props.onClose} wide>
      <p>{w.virtual.about}</p>
      <VirtualGuest site={props.site} guests={3} onAdded={props.onAdded} />
      <div class="do">
        <Button onClick={props.onClose}>{shared.close}</Button>
      </div>
    </Dialog>
  )
}
