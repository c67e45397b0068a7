import type { Answer } from '../../../api/contract.ts'
import type { AuditItem } from '../../../api/schemas/audit.ts'
import type { Asked } from '../../ask.ts'
import { Light } from '../../parts/light.tsx'
import { useWords } from '../../words/index.ts'

/** Whether every entry still fits the one before it. */
export function Chain(props: { verdict: Asked<Answer<'GET /audit/verdict'>>; newest: AuditItem[] }) {
  const { trust: w } = useWords()
  const { data, again } = props.verdict
  if (!data)
    return (
      <div class="chain">
        <Light state="run">{w.checking}</Light>
      </div>
    )
  if (!data.ok)
    return (
      <div class="chain" role="alert">
        <Light state="bad">
          <span class="bad">{w.broken}</span>
        </Light>
        <p>
          <b>{w.brokenAt(data.brokenAt ?? 0)}</b> {w.brokenHelp}
        </p>
      </div>
    )
  return (
    <div class="chain">
      <Light state="ok">
        <span class="ok">{w.unbroken}</span>
      </Light>
      <span class="two">{w.rows(data.rows)}</span>
      <button type="button" class="link" onClick={again}>
        {w.checkAgain}
      </button>
      {props.newest.length > 0 && (
        <ol aria-label={w.lastSeals}>
          {props.newest.toReversed().map((item) => (
            <li key={item.seq}>
              <code>{item.hash.slice(0, 4)}</code>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
