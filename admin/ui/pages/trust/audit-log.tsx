import type { Answer } from '../../../api/contract.ts'
import type { AuditItem } from '../../../api/schemas/audit.ts'
import type { Asked } from '../../ask.ts'
import { useAskPages } from '../../ask-pages.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { Section } from '../../parts/main.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { to, useQuery } from '../../router.ts'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { AuditFilters, rangeOf } from './audit-filters.tsx'
import { Chain } from './chain.tsx'

/** Newest first, with who, what and to whom; every filter is in the address. */
export function AuditLog({ verdict }: { verdict: Asked<Answer<'GET /audit/verdict'>> }) {
  const { trust: w, shared } = useWords()
  const [query] = useQuery()
  const format = useFormat()
  const asked = useAskPages('GET /audit', {
    query: {
      action: query.what,
      actor: query.who,
      subject: query.subject,
      ...rangeOf(query, format.timeZone),
    },
  })
  const { first, items, failure, slow, hasMore } = asked
  const isFiltered = Boolean(query.what || query.who || query.subject || query.from || query.until)
  return (
    <Section
      id="log-h"
      title={w.log}
      about={first && isFiltered && shared.shownOf(items.length, first.total)}
    >
      <Chain verdict={verdict} newest={isFiltered ? [] : items.slice(0, 3)} />
      <AuditFilters />
      {!first &&
        (failure ? <ErrorBox failure={failure} again={asked.again} /> : slow && <Skeleton lines={10} />)}
      {first && items.length === 0 && <p class="nothing two">{isFiltered ? w.noneFiltered : w.none}</p>}
      {items.length > 0 && (
        <TableFrame label={w.log}>
          <table class="grid">
            <Head
              columns={[
                { label: w.columns.time },
                { label: w.columns.who },
                { label: w.columns.what },
                { label: w.columns.seal, class: 'ph0' },
              ]}
            />
            <tbody>
              {items.map((item) => (
                <tr key={item.seq}>
                  <td>
                    <time dateTime={item.at} title={format.dateYear(item.at)}>
                      {format.keyOf(item.at) === format.keyOf(new Date())
                        ? format.timeExact(item.at)
                        : format.dateTime(item.at)}
                    </time>
                  </td>
                  <td>
                    <Who item={item} />
                  </td>
                  <td class="wrap what">
                    <What item={item} />
                  </td>
                  <td class="mono small two ph0">{`${item.hash.slice(0, 4)}…${item.hash.slice(-4)}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
      {hasMore && (
        <p class="foot">
          <Button onClick={asked.more}>{shared.more}</Button>
        </p>
      )}
    </Section>
  )
}

function Who({ item: { actor } }: { item: AuditItem }) {
  const { trust: w } = useWords()
  const kind = w.actors[actor.kind] ?? actor.kind
  if (actor.kind === 'guest' && actor.id)
    return (
      <a class="link" href={to(`/guests/${actor.id}`)}>
        {actor.name ?? kind}
      </a>
    )
  return actor.name ? (
    <>
      {actor.name}
      {actor.kind !== 'staff' && <span class="two"> ({kind})</span>}
    </>
  ) : (
    <span>{kind}</span>
  )
}

/** The action as a sentence, to what, and what of it is not personal. */
function What({ item }: { item: AuditItem }) {
  const { trust: w } = useWords()
  const { sites } = useMe()
  const { subject, detail } = item
  const isGuest = subject.startsWith('gst_')
  const site = sites.find(({ id }) => id === subject || id === detail.siteId)
  const facts = [site?.name, ...factsOf(detail)].filter(Boolean).join(', ')
  return (
    <>
      {w.actions[item.action] ?? item.action}
      {facts && <span class="two"> · {facts}</span>}
      {isGuest && (
        <>
          {' '}
          <a class="link small" href={to(`/guests/${subject}`)}>
            {w.actors.guest}
          </a>
        </>
      )}
    </>
  )
}

const told = ['reason', 'name', 'slug', 'purpose', 'role', 'gateway', 'method', 'version', 'locale', 'fields']

function factsOf(detail: Record<string, unknown>): string[] {
  return told.flatMap((key) => {
    const value = detail[key]
    if (typeof value === 'string') return [key === 'reason' ? `“${value}”` : value]
    if (typeof value === 'number') return [key === 'version' ? `v${value}` : String(value)]
    if (Array.isArray(value)) return [value.join(', ')]
    return []
  })
}
