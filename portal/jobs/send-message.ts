import type { Ctx } from '../../db/context.ts'
import { settleMessage, takeMessage } from '../../db/crm/messages.ts'
import type { Db } from '../../db/index.ts'
import type { JobHandlers } from '../../db/jobs.ts'
import { type Messenger, SendError } from '../messengers/messenger.ts'

/** Waits before the second and third try: a guest is looking at the code page. */
const pausesMs = [1000, 3000]

/**
 * Loads, sends, records. A message that may have left is never sent again: it is called unknown. Trying again happens
 * here and not by the queue, so that 'queued' never means 'given up'.
 */
export function sendMessage(deps: {
  db: Db
  messenger: Promise<Messenger>
  pausesMs?: number[]
}): JobHandlers['message.send'] {
  return async ({ merchantId, messageId }) => {
    const ctx = (): Ctx => ({
      db: deps.db,
      merchantId,
      actor: { kind: 'job', name: 'message.send' },
      now: new Date(),
    })
    const message = await takeMessage(ctx(), messageId)
    if (!message) return
    const messenger = await deps.messenger
    const pauses = deps.pausesMs ?? pausesMs
    for (let attempt = 0; ; attempt++) {
      try {
        const receipt = await messenger.send({ id: message.id, to: message.to, text: message.text })
        return await settleMessage(ctx(), messageId, {
          state: receipt.state,
          provider: messenger.name,
          ...(receipt.providerMessageId ? { providerMessageId: receipt.providerMessageId } : {}),
        })
      } catch (error) {
        const failure =
          error instanceof SendError
            ? error
            : new SendError('unclear', { permanent: false, mayHaveLeft: true })
        const pause = pauses[attempt]
        if (!failure.permanent && !failure.mayHaveLeft && pause !== undefined) {
          await new Promise((resolve) => setTimeout(resolve, pause))
          continue
        }
        return await settleMessage(ctx(), messageId, {
          state: failure.mayHaveLeft ? 'unknown' : 'failed',
          provider: messenger.name,
          problem: failure.problem,
        })
      }
    }
  }
}
