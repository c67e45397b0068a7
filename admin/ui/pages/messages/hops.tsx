import type { Message } from '../../../api/schemas/messages.ts'
import { Icon } from '../../parts/icon.tsx'
import { useWords } from '../../words/index.ts'

/** Three marks: written, taken, on the phone; and one word. */
const marks: Record<Message['state'], [string, string, string]> = {
  queued: ['', '', ''],
  sending: ['on', '', ''],
  sent: ['on', 'on', ''],
  delivered: ['on', 'on', 'on'],
  failed: ['on', 'on', 'no'],
  unknown: ['on', 'go', ''],
}

export function Hops({ message }: { message: Message }) {
  const { messages: w } = useWords()
  const { state, provider, sentAt } = message
  const isShown = provider === 'outbox' && state !== 'failed' && state !== 'queued'
  if (isShown)
    return (
      <span class="hops">
        <i class="eye">
          <Icon name="eye" />
        </i>
        <span>{w.shownHere}</span>
      </span>
    )
  // What the provider itself refused never was on its way.
  const three = state === 'failed' && !sentAt ? (['on', 'no', ''] as const) : marks[state]
  return (
    <span class="hops">
      <i aria-hidden="true">
        {three.map((mark, index) => (
          <b key={index} class={mark || undefined} />
        ))}
      </i>
      <span class={state === 'failed' ? 'bad' : undefined}>{w.states[state]}</span>
    </span>
  )
}
