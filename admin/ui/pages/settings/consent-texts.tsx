import type { ConsentText } from '../../../api/schemas/consent-texts.ts'
import { useAsk } from '../../ask.ts'
import { useFormat } from '../../format.ts'
import { ErrorBox } from '../../parts/blank.tsx'
import { Button } from '../../parts/button.tsx'
import { Skeleton } from '../../parts/skeleton.tsx'
import { Head, TableFrame } from '../../parts/table.tsx'
import { guestLocales } from '../../places.ts'
import { useQuery } from '../../router.ts'
import { useMay } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { NewTextDialog } from './new-text-dialog.tsx'
import { Setting } from './setting.tsx'

export const languageOf = (locale: string) =>
  guestLocales.find(({ value }) => value === locale)?.label ?? locale

/** What guests are asked, all versions. A text somebody agreed to is never changed. */
export function ConsentTexts() {
  const { settings } = useWords()
  const w = settings.texts
  const mayChange = useMay('texts.change')
  const [query, setQuery] = useQuery()
  const { data, failure, slow, again } = useAsk('GET /consent-texts')
  const items = data?.items ?? []
  const current = items.filter(({ isCurrent }) => isCurrent).toSorted(inOrder)
  const shown = items.find(({ id }) => id === query.text) ?? current[0]
  return (
    <Setting
      id="texts"
      title={w.title}
      help={w.help}
      action={
        mayChange &&
        data && (
          <Button icon="pen" onClick={() => setQuery({ add: 'text' })}>
            {w.new}
          </Button>
        )
      }
    >
      {!data && (failure ? <ErrorBox failure={failure} again={again} /> : slow && <Skeleton />)}
      {data && <CurrentTexts texts={current} shown={shown} onShow={(text) => setQuery({ text })} />}
      {shown && <OneText text={shown} all={items} onShow={(text) => setQuery({ text })} />}
      {data && query.add === 'text' && (
        <NewTextDialog all={items} start={shown} again={again} onClose={() => setQuery({ add: undefined })} />
      )}
    </Setting>
  )
}

/** Terms first, then by language as guests are offered them. */
const rank = ({ purpose, locale }: ConsentText) =>
  (purpose === 'terms' ? 0 : 100) + guestLocales.findIndex(({ value }) => value === locale)
const inOrder = (one: ConsentText, other: ConsentText) => rank(one) - rank(other)

function CurrentTexts(props: {
  texts: ConsentText[]
  shown: ConsentText | undefined
  onShow: (id: string) => void
}) {
  const { settings } = useWords()
  const w = settings.texts
  const format = useFormat()
  const { columns } = w
  return (
    <TableFrame label={w.title}>
      <table class="grid">
        <Head
          columns={[
            { label: columns.purpose },
            { label: columns.how },
            { label: columns.language },
            { label: columns.version },
            { label: columns.since },
            { label: columns.agreed, num: true },
          ]}
        />
        <tbody>
          {props.texts.map((text) => (
            <tr key={text.id}>
              <td>
                <button
                  type="button"
                  class="act"
                  aria-pressed={text.id === props.shown?.id}
                  onClick={() => props.onShow(text.id)}
                >
                  <b>{w.purposes[text.purpose]}</b>
                </button>
              </td>
              <td class="two">{w.how[text.purpose]}</td>
              <td lang={text.locale}>{languageOf(text.locale)}</td>
              <td>v{text.version}</td>
              <td>{format.dateYear(text.createdAt)}</td>
              <td class="num">{format.number(text.agreed)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </TableFrame>
  )
}

function OneText(props: { text: ConsentText; all: ConsentText[]; onShow: (id: string) => void }) {
  const { settings } = useWords()
  const w = settings.texts
  const format = useFormat()
  const { text } = props
  const others = props.all
    .filter((one) => one.purpose === text.purpose && one.locale === text.locale && one.id !== text.id)
    .toSorted((one, other) => other.version - one.version)
  return (
    <div class="consent">
      <h3>{w.versionOf(w.purposes[text.purpose], languageOf(text.locale), text.version)}</h3>
      <p class="read" lang={text.locale}>
        <b>{text.label}</b>
      </p>
      <p class="read whole" lang={text.locale}>
        {text.text}
      </p>
      <p class="small two">
        {w.seal(`${text.hash.slice(0, 4)}…${text.hash.slice(-4)}`, format.dateYear(text.createdAt))}
        {others.map((one) => (
          <span key={one.id}>
            {' · '}
            <button type="button" class="link" onClick={() => props.onShow(one.id)}>
              v{one.version}
              {one.isCurrent && `, ${w.current}`}
            </button>
          </span>
        ))}
      </p>
    </div>
  )
}
