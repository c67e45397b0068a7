import type { ComponentChildren } from 'preact'
import { Fragment } from 'preact'
import type { Message } from '../../../api/schemas/messages.ts'
import { useFormat } from '../../format.ts'
import { Head } from '../../parts/table.tsx'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Hops } from './hops.tsx'

type Props = {
  items: Message[]
  open: Message | undefined
  onOpen: (message: Message) => void
  children: ComponentChildren
}

/** Newest first, a line before each earlier day. */
export function MessageList({ items, open, onOpen, children }: Props) {
  const { messages: w } = useWords()
  const { sites } = useMe()
  const format = useFormat()
  const today = format.keyOf(new Date())
  const nameOf = (id: string | null) => sites.find((site) => site.id === id)?.name ?? '–'
  const { columns } = w
  let before = today
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: it scrolls, also by keyboard
    <div class="scroll" tabIndex={0} role="group" aria-label={w.title}>
      <table class="grid outbox">
        <Head
          columns={[
            { label: columns.time },
            { label: columns.to },
            { label: columns.text },
            { label: columns.site, class: 'wide' },
            { label: columns.by, class: 'wide' },
            { label: columns.state },
            { label: columns.parts, num: true },
          ]}
        />
        <tbody>
          {items.map((message) => {
            const day = format.keyOf(message.at)
            const isNewDay = day !== before
            before = day
            return (
              <Fragment key={message.id}>
                {isNewDay && (
                  <tr class="day">
                    <th colSpan={7} scope="rowgroup">
                      {format.dateLong(message.at)}
                    </th>
                  </tr>
                )}
                <tr class={message.id === open?.id ? 'cur' : undefined} onClick={() => onOpen(message)}>
                  <td class="at">{format.time(message.at)}</td>
                  <td class="to">
                    <button
                      type="button"
                      aria-expanded={message.id === open?.id}
                      onClick={() => onOpen(message)}
                    >
                      {message.to}
                    </button>
                  </td>
                  <td class="text">
                    <Text message={message} />
                  </td>
                  <td class="wide">{nameOf(message.siteId)}</td>
                  <td class="wide">
                    {message.provider ? (w.providers[message.provider] ?? message.provider) : '–'}
                  </td>
                  <td class="st">
                    <Hops message={message} />
                  </td>
                  <td class="cost num">{message.segments}</td>
                </tr>
              </Fragment>
            )
          })}
        </tbody>
      </table>
      {children && <div class="after">{children}</div>}
    </div>
  )
}

/** A code stands out; where it may not be read it is stars. */
export function Text({ message: { text, kind } }: { message: Message }) {
  const found = kind === 'code' ? /\*{6}|\d{4,8}/.exec(text) : null
  if (!found) return <>{text}</>
  const [code] = found
  return (
    <>
      {text.slice(0, found.index)}
      <span class={code.startsWith('*') ? 'otp hid' : 'otp'}>{code}</span>
      {text.slice(found.index + code.length)}
    </>
  )
}
