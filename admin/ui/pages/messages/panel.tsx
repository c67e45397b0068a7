import type { Message } from '../../../api/schemas/messages.ts'
import { useFormat } from '../../format.ts'
import { IconButton } from '../../parts/button.tsx'
import { Icon } from '../../parts/icon.tsx'
import { to } from '../../router.ts'
import { useMe } from '../../session.ts'
import { useWords } from '../../words/index.ts'
import { Text } from './list.tsx'

/** One message beside the list: its text, its way, and what to do where it failed. */
export function MessagePanel(props: { message: Message; place: string; onClose: () => void }) {
  const { messages: w, shared } = useWords()
  const { sites } = useMe()
  const format = useFormat()
  const { message } = props
  const site = sites.find(({ id }) => id === message.siteId)
  const kind = w.kind[message.kind] ?? message.kind
  return (
    <aside class="panel" aria-label={w.panel}>
      <div class="nav">
        <span class="two">{props.place}</span>
        <IconButton icon="cross" label={shared.close} onClick={props.onClose} />
      </div>
      <div class="body">
        <h2 class="name">{message.to}</h2>
        <p class="two">{[kind, site?.name, format.dateTime(message.at)].filter(Boolean).join(', ')}</p>
        <p class="quote">
          <Text message={message} />
        </p>
        <section>
          <h3>{w.what}</h3>
          <Way message={message} />
        </section>
        <section>
          <h3>{w.particulars}</h3>
          <dl class="kv">
            {message.guestId && (
              <>
                <dt>{w.guest}</dt>
                <dd>
                  <a class="link" href={to(`/guests/${message.guestId}`)}>
                    {w.openGuest}
                  </a>
                </dd>
              </>
            )}
            <dt>{w.length}</dt>
            <dd>{w.lengthOf([...message.text].length, message.segments)}</dd>
          </dl>
        </section>
      </div>
    </aside>
  )
}

function Way({ message }: { message: Message }) {
  const { messages: w } = useWords()
  const format = useFormat()
  const { state, sentAt, deliveredAt } = message
  const by = message.provider ? (w.providers[message.provider] ?? message.provider) : undefined
  const problem = message.problem ? (w.problems[message.problem] ?? w.problems.unclear) : undefined
  return (
    <>
      <ol class="steps">
        <li>
          <Icon name="done" tone="ok" />
          <span>{w.queued}</span>
          <span class="t">{format.timeExact(message.at)}</span>
        </li>
        {sentAt && by && message.provider !== 'outbox' && (
          <li>
            <Icon name="done" tone="ok" />
            <span>{w.taken(by)}</span>
            <span class="t">{format.timeExact(sentAt)}</span>
          </li>
        )}
        {deliveredAt && (
          <li>
            <Icon name="done" tone="ok" />
            <span>{message.provider === 'outbox' ? w.shownHere : w.delivered}</span>
            <span class="t">{format.timeExact(deliveredAt)}</span>
          </li>
        )}
        {(state === 'queued' || state === 'sending') && (
          <li>
            <span class="hollow" />
            <span>{w.waiting}</span>
          </li>
        )}
        {state === 'failed' && (
          <li>
            <Icon name="cross" tone="bad" />
            <span class="bad">{w.notDelivered}</span>
            <span class="t" />
            {problem && <span class="sub">{problem.text}</span>}
          </li>
        )}
      </ol>
      {state === 'unknown' && <p class="after-steps">{w.unknownSent}</p>}
      {problem && (
        <p class="after-steps">
          <b>{w.canDo}</b> {problem.remedy}
        </p>
      )}
    </>
  )
}
