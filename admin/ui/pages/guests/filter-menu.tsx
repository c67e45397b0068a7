import type { ComponentChildren } from 'preact'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import type { Query } from '../../router.ts'
import { useWords } from '../../words/index.ts'
import {
  consents,
  firstOrder,
  lifecycles,
  lifecyclesOf,
  notBlocked,
  seenDays,
  sortOf,
  sorts,
  toggledLifecycle,
  unseenDays,
  visitsMins,
} from './filters.ts'

/** Every filter there is, to put on and off; it stays open, so that several can be set at once. */
export function FilterMenu({ query, set }: { query: Query; set: (change: Query) => void }) {
  const { guests: w } = useWords()
  const f = w.filters
  const choose = (name: string, value: string) => set({ [name]: query[name] === value ? undefined : value })
  const number = (name: string, n: number, label: string) => (
    <Option key={n} on={query[name] === String(n)} onClick={() => choose(name, String(n))}>
      {label}
    </Option>
  )
  return (
    <Menu
      class="filter-menu"
      button="chip new"
      pop="w sheet"
      summary={
        <>
          <Icon name="plus" />
          <span>{w.filter}</span>
        </>
      }
    >
      <div class="filter-cols">
        <Group title={f.lifecycle}>
          {lifecycles.map((one) => (
            <Option
              key={one}
              on={lifecyclesOf(query).includes(one)}
              onClick={() => set({ lifecycle: toggledLifecycle(query, one) })}
            >
              {w.lifecycle[one]}
            </Option>
          ))}
          <Option on={query.lifecycle === notBlocked} onClick={() => choose('lifecycle', notBlocked)}>
            {f.notBlocked}
          </Option>
        </Group>
        <Group title={f.consent}>
          {consents.map((one) => (
            <Option key={one} on={query.consent === one} onClick={() => choose('consent', one)}>
              {f.consents[one]}
            </Option>
          ))}
        </Group>
        <Group title={f.seen}>{seenDays.map((days) => number('seen', days, f.seenWithin(days)))}</Group>
        <Group title={f.unseen}>{unseenDays.map((days) => number('unseen', days, f.unseenFor(days)))}</Group>
        <Group title={f.visits}>
          {number('visitsMax', 1, f.visitsMax(1))}
          {visitsMins.map((n) => number('visitsMin', n, f.visitsMin(n)))}
        </Group>
        <Group title={f.now}>
          {(['true', 'false'] as const).map((online) => (
            <Option key={online} on={query.online === online} onClick={() => choose('online', online)}>
              {f.online[online]}
            </Option>
          ))}
        </Group>
        <Group title={w.sort} class="for-phone">
          {sorts.map((sort) => (
            <Option
              key={sort}
              on={sortOf(query) === sort}
              onClick={() => set({ sort: sort === 'lastSeen' ? undefined : sort, order: firstOrder(sort) })}
            >
              {w.column[sortColumn[sort]]}
            </Option>
          ))}
        </Group>
      </div>
    </Menu>
  )
}

export const sortColumn = { lastSeen: 'seen', firstSeen: 'since', visits: 'visits', name: 'name' } as const

const Group = (props: { title: string; class?: string; children: ComponentChildren }) => (
  // biome-ignore lint/a11y/useSemanticElements: a fieldset breaks across columns badly
  <div class={`filter-group ${props.class ?? ''}`} role="group" aria-label={props.title}>
    <p class="grp" aria-hidden="true">
      {props.title}
    </p>
    {props.children}
  </div>
)

const Option = (props: { on: boolean; onClick: () => void; children: ComponentChildren }) => (
  <button type="button" class="entry" aria-pressed={props.on} onClick={props.onClick}>
    <span>{props.children}</span>
    {props.on && <Icon name="check" />}
  </button>
)
