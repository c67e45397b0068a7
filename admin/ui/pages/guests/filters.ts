import type { QueryIn } from '../../../api/contract.ts'
import type { Lifecycle, View } from '../../../api/schemas/guests.ts'
import type { Query } from '../../router.ts'
import type { Words } from '../../words/index.ts'

/** Names in the address. The search is not among them: it may be a name or a phone number. */
const filterNames = [
  'segment',
  'lifecycle',
  'consent',
  'online',
  'seen',
  'unseen',
  'visitsMin',
  'visitsMax',
] as const
export type FilterName = (typeof filterNames)[number]

export const views: View[] = ['all', 'regulars', 'in-shop', 'recent', 'new', 'slipping']
export const lifecycles: Lifecycle[] = ['potential', 'active', 'key', 'dormant', 'lost', 'blocked']
export const notBlocked = lifecycles.filter((one) => one !== 'blocked').join(',')
export const consents = ['granted', 'denied', 'withdrawn', 'none'] as const
export const seenDays = [1, 7, 30, 90]
export const unseenDays = [30, 90, 180]
export const visitsMins = [2, 5, 10]
export const sorts = ['lastSeen', 'firstSeen', 'visits', 'name'] as const
export type Sort = (typeof sorts)[number]

export const noFilters: Query = Object.fromEntries(filterNames.map((name) => [name, undefined]))

export const isFiltered = (query: Query) =>
  filterNames.some((name) => query[name] && !(name === 'segment' && query.segment === 'all'))

export const sortOf = (query: Query): Sort => sorts.find((sort) => sort === query.sort) ?? 'lastSeen'

/** What a column is sorted by at first: names from A, all else from the most. */
export const firstOrder = (sort: Sort) => (sort === 'name' ? 'asc' : 'desc')
export const orderOf = (query: Query): 'asc' | 'desc' =>
  query.order === 'asc' || query.order === 'desc' ? query.order : firstOrder(sortOf(query))

/** What the address says, as the API takes it. What somebody mistyped in the address is left out. */
export function askedFor(
  query: Query,
  q: string,
  siteId: string | undefined,
  now: Date,
): QueryIn<'GET /guests'> {
  const unseen = whole(query.unseen)
  const lifecycle = lifecyclesOf(query)
  return {
    q: q.trim().slice(0, 80) || undefined,
    segment: views.find((view) => view === query.segment && view !== 'all'),
    sort: sortOf(query),
    order: orderOf(query),
    lifecycle: lifecycle.length ? lifecycle.join(',') : undefined,
    consent: consents.find((consent) => consent === query.consent),
    online: query.online === 'true' || query.online === 'false' ? query.online : undefined,
    seenWithinDays: whole(query.seen),
    lastSeenBefore: unseen ? daysBefore(now, unseen) : undefined,
    visitsMin: whole(query.visitsMin),
    visitsMax: whole(query.visitsMax),
    site: siteId,
  }
}

export const lifecyclesOf = (query: Query): Lifecycle[] => {
  const asked = query.lifecycle?.split(',') ?? []
  return lifecycles.filter((one) => asked.includes(one))
}

/** Puts one on or off; all or none of them is no filter. */
export function toggledLifecycle(query: Query, one: Lifecycle): string | undefined {
  const before = lifecyclesOf(query)
  const after = before.includes(one) ? before.filter((other) => other !== one) : [...before, one]
  return after.length && after.length < lifecycles.length
    ? lifecycles.filter((other) => after.includes(other)).join(',')
    : undefined
}

export type FilterChip = { name: FilterName; title: string; value: string }

/** The filters that are on, in words. The view is a tab and no chip. */
export function chipsOf(query: Query, w: Words['guests']): FilterChip[] {
  const { filters } = w
  const chips: (FilterChip | false | undefined)[] = []
  const lifecycle = lifecyclesOf(query)
  if (lifecycle.length)
    chips.push({
      name: 'lifecycle',
      title: filters.lifecycle,
      value:
        lifecycle.join(',') === notBlocked
          ? filters.notBlocked
          : filters.or(lifecycle.map((one) => w.lifecycle[one].toLocaleLowerCase())),
    })
  const consent = consents.find((one) => one === query.consent)
  if (consent) chips.push({ name: 'consent', title: filters.consent, value: filters.consents[consent] })
  if (query.online === 'true' || query.online === 'false')
    chips.push({ name: 'online', title: filters.now, value: filters.online[query.online] })
  const number = (name: FilterName, title: string, say: (n: number) => string) => {
    const n = whole(query[name])
    return n !== undefined && { name, title, value: say(n) }
  }
  chips.push(number('seen', filters.seen, filters.seenWithin))
  chips.push(number('unseen', filters.unseen, filters.unseenFor))
  chips.push(number('visitsMin', filters.visits, filters.visitsMin))
  chips.push(number('visitsMax', filters.visits, filters.visitsMax))
  return chips.filter((chip) => chip !== false && chip !== undefined)
}

function whole(text: string | undefined): number | undefined {
  return text && /^[1-9]\d{0,3}$/.test(text) ? Number(text) : undefined
}

/** At the full hour, so that the question stays the same while somebody scrolls. */
function daysBefore(now: Date, days: number): string {
  const hour = 3_600_000
  return new Date(Math.floor(now.getTime() / hour) * hour - days * 24 * hour).toISOString()
}
