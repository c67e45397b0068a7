import { useState } from 'preact/hooks'
import type { Balances } from '../../../api/schemas/plans.ts'
import { useAsk } from '../../ask.ts'
import { useDates } from '../../dates.ts'
import { useFormat } from '../../format.ts'
import { Icon } from '../../parts/icon.tsx'
import { Section } from '../../parts/main.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { TopUpDialog } from './top-up.tsx'

/** What a guest has left on prepaid plans, and how it came there. Not there where nothing is sold that way. */
export function Balance({ guestId }: { guestId: string }) {
  const { plans, guest: g } = useWords()
  const w = plans.balance
  const format = useFormat()
  const mayTopUp = useMay('balances.change')
  const balances = useAsk('GET /guests/:id/balances', { params: { id: guestId }, everyMs: 15_000 })
  const offered = useAsk('GET /plans')
  const [open, setOpen] = useState(false)
  const prepaid = offered.data?.items.filter(({ isPrepaid }) => isPrepaid) ?? []
  if (!balances.data || (prepaid.length === 0 && balances.data.history.length === 0)) return null
  const amount = ({ secondsLeft, octetsLeft }: Balances['items'][number]) => {
    if (secondsLeft === 0 || octetsLeft === '0') return w.used
    const parts = [
      ...(secondsLeft === null ? [] : [format.length(secondsLeft)]),
      ...(octetsLeft === null ? [] : [format.octets(octetsLeft)]),
    ]
    return w.left(parts.join(g.comma))
  }
  return (
    <Section
      id="balance"
      title={w.title}
      end={
        mayTopUp && (
          <button type="button" class="link" onClick={() => setOpen(true)}>
            {w.topUp}
          </button>
        )
      }
    >
      {balances.data.items.length === 0 && <p class="two none">{w.none}</p>}
      {balances.data.items.map((balance) => (
        <div class="item" key={balance.planId}>
          <Icon name="clock" />
          <span class="val">{balance.planName}</span>
          <span class="ends">{amount(balance)}</span>
          <History entries={balances.data?.history.filter(({ planId }) => planId === balance.planId) ?? []} />
        </div>
      ))}
      {open && (
        <TopUpDialog guestId={guestId} plans={prepaid} onDone={balances.put} onClose={() => setOpen(false)} />
      )}
    </Section>
  )
}

function History({ entries }: { entries: Balances['history'] }) {
  const { plans, guest: g } = useWords()
  const w = plans.balance
  const dates = useDates()
  const format = useFormat()
  const signed = (n: number, text: string) => `${n < 0 ? '−' : '+'}${text}`
  const amount = ({ seconds, octets }: Balances['history'][number]) =>
    [
      ...(seconds === 0 ? [] : [signed(seconds, format.length(Math.abs(seconds)))]),
      ...(octets === '0' ? [] : [signed(Number(octets), format.octets(Math.abs(Number(octets))))]),
    ].join(g.comma)
  return (
    <details class="hist more">
      <summary>{w.history(entries.length)}</summary>
      <ul>
        {entries.map((entry) => (
          <li key={entry.id}>
            <span>{dates.day(entry.at)}</span>
            <span>
              {[
                amount(entry),
                entry.reason === 'overrun' ? w.overrun : entry.reason,
                entry.by && w.by(entry.by),
              ]
                .filter(Boolean)
                .join(g.comma)}
            </span>
          </li>
        ))}
      </ul>
    </details>
  )
}
