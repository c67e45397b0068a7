import type { Nas } from '../../../api/schemas/nas.ts'
import { useAsk } from '../../ask.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { useWords } from '../../words/index.ts'

/** What a gateway really sends, attribute by attribute, for whoever looks for a fault. Kept fresh while it is open. */
export function LastPacketDialog({ nas, onClose }: { nas: Nas; onClose: () => void }) {
  const { plans, shared } = useWords()
  const w = plans.packet
  const format = useFormat()
  const asked = useAsk('GET /nas/:id/last-packet', { params: { id: nas.id }, everyMs: 2000 })
  const packet = asked.data?.packet
  return (
    <Dialog title={w.title(nas.name)} wide onClose={onClose}>
      {!asked.data &&
        (asked.failure ? (
          <ErrorBox failure={asked.failure} again={asked.again} />
        ) : (
          asked.slow && <Skeleton lines={6} />
        ))}
      {asked.data && !packet && <p class="two">{w.none}</p>}
      {packet && (
        <>
          <p class="two">
            {w.about(packet.code, `${format.date(packet.at)} ${format.timeExact(packet.at)}`)}
          </p>
          <TableFrame label={w.title(nas.name)}>
            <table class="grid packet">
              <Head columns={[{ label: w.attribute }, { label: w.value }]} />
              <tbody>
                {packet.attributes.map(({ name, value, isMasked }, index) => (
                  // A name may stand there more than once; the order is the packet's own.
                  <tr key={index}>
                    <td>{name}</td>
                    <td class={isMasked ? 'two' : undefined}>
                      <code class="mono small">{value}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableFrame>
          <p class="help">{w.masked}</p>
        </>
      )}
      <div class="do">
        <Button onClick={onClose}>{shared.close}</Button>
      </div>
    </Dialog>
  )
}
