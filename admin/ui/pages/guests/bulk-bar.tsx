import { useRef, useState } from 'preact/hooks'
import type { Guest } from '../../../api/schemas/guests.ts'
import { call } from '../../call.ts'
import { copyText } from '../../parts/copy-box.tsx'
import { Icon } from '../../parts/icon.tsx'
import { ProgressBar } from '../../parts/progress-bar.tsx'
import { toast } from '../../parts/toast.tsx'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'

type Bulk = {
  selected: Guest[]
  shown: number
  total: number
  hasMore: boolean
  more: () => unknown
  unselect: (ids?: string[]) => void
  onChange: (guest: Guest) => void
}

/** Under the list: how much of it there is, and what can be done with the rows that are selected. */
export function BulkBar(props: Bulk) {
  const { guests: w } = useWords()
  if (props.selected.length === 0)
    return (
      <div class="bulk quiet">
        <span class="two">{props.hasMore ? w.rows(props.shown, props.total) : w.rowsAll(props.total)}</span>
        {props.hasMore && <span class="end small">{w.moreByScroll}</span>}
      </div>
    )
  return (
    // biome-ignore lint/a11y/useSemanticElements: a section would need a heading
    <div class="bulk" role="region" aria-label={w.selectedGuests}>
      <b>{w.selected(props.selected.length)}</b>
      <CopyRows selected={props.selected} />
      {useMay('guests.change') && <BlockRows {...props} />}
      <span class="end">
        <button type="button" onClick={() => props.unselect()}>
          {w.unselect} <kbd>Esc</kbd>
        </button>
      </span>
    </div>
  )
}

/** For a spread-sheet or a note: what the rows show, numbers masked as they are. */
function CopyRows({ selected }: { selected: Guest[] }) {
  const { guests: w } = useWords()
  const copy = async () => {
    const head = [w.column.name, w.column.phone, w.column.lifecycle, w.column.visits, w.column.consent]
    const rows = selected.map((guest) => [
      guest.name ?? '',
      guest.phone ?? '',
      w.lifecycle[guest.lifecycle],
      String(guest.visitCount),
      w.consent[guest.consents.marketingState],
    ])
    const text = [head, ...rows].map((row) => row.join('\t')).join('\n')
    if (await copyText(text)) toast(w.copied(selected.length))
  }
  return (
    <button type="button" onClick={copy}>
      <Icon name="copy" />
      {w.copyRows}
    </button>
  )
}

/** One change after the other, with a bar and a way to stop; what was done can be undone as a whole. */
function BlockRows({ selected, unselect, onChange }: Bulk) {
  const { guests: w } = useWords()
  const [done, setDone] = useState<number>()
  const stopped = useRef(false)
  const toUnblock = selected.every((guest) => guest.lifecycle === 'blocked')

  const change = async (guests: Guest[], blocked: boolean, isUndo = false) => {
    stopped.current = false
    const changed: Guest[] = []
    let failed = 0
    setDone(0)
    for (const guest of guests) {
      if (stopped.current) break
      try {
        const answer = await call('PATCH /guests/:id', { params: { id: guest.id }, body: { blocked } })
        changed.push(answer)
        onChange(answer)
      } catch {
        failed += 1
      }
      setDone(changed.length + failed)
    }
    setDone(undefined)
    if (!isUndo) unselect(changed.map((guest) => guest.id))
    if (failed) toast(w.someFailed(failed), { bad: true })
    if (!changed.length) return
    const said = blocked ? w.blocked(changed.length) : w.unblocked(changed.length)
    toast(said, isUndo ? {} : { undo: () => change(changed, !blocked, true) })
  }

  if (done !== undefined)
    return (
      <span class="runs">
        <ProgressBar label={w.blocking(done, selected.length)} value={done} max={selected.length} />
        {w.blocking(done, selected.length)}
        <button
          type="button"
          class="act"
          onClick={() => {
            stopped.current = true
          }}
        >
          {w.stop}
        </button>
      </span>
    )
  return (
    <button type="button" onClick={() => change(selected, !toUnblock)}>
      <Icon name={toUnblock ? 'check' : 'block'} />
      {toUnblock ? w.unblock : w.block}
    </button>
  )
}
