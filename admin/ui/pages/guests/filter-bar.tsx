import { Icon } from '../../parts/icon.tsx'
import type { Query } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import { ColumnMenu, type useColumns } from './columns.tsx'
import { FilterMenu } from './filter-menu.tsx'
import { chipsOf } from './filters.ts'
import { KeysMenu } from './keys.tsx'

/** The filters that are on, each in the address, and the way to more. */
export function FilterBar(props: {
  query: Query
  set: (change: Query) => void
  clear: () => void
  columns: ReturnType<typeof useColumns>
  keys: { on: boolean; set: (on: boolean) => void }
}) {
  const { guests: w } = useWords()
  const chips = chipsOf(props.query, w)
  return (
    <div class="chips">
      {chips.map((chip) => (
        <span key={chip.name} class="chip">
          <span>
            {chip.title} <b>{chip.value}</b>
          </span>
          <button
            type="button"
            class="x"
            aria-label={w.filters.remove(`${chip.title} ${chip.value}`)}
            title={w.filters.remove(chip.title)}
            onClick={() => props.set({ [chip.name]: undefined })}
          >
            <Icon name="cross" />
          </button>
        </span>
      ))}
      <FilterMenu query={props.query} set={props.set} />
      {chips.length > 1 && (
        <button type="button" class="act small" onClick={props.clear}>
          {w.clearAll}
        </button>
      )}
      <div class="end">
        <ColumnMenu {...props.columns} />
        <KeysMenu {...props.keys} />
      </div>
    </div>
  )
}
