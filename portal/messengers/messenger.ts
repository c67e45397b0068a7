import type { MessageProblem } from '../../db/crm/messages.ts'

export type { MessageProblem }

export type Outgoing = {
  /** Our id: the same for every try, so that a provider that can may refuse a second one. */
  id: string
  /** E.164 */
  to: string
  text: string
}

export type Receipt = { state: 'sent' | 'delivered'; providerMessageId?: string }

export type DeliveryReport = {
  providerMessageId: string
  state: 'sent' | 'delivered' | 'failed'
  problem?: MessageProblem
}

/** What a provider called us with, as it came. */
export type ProviderCall = { urls: string[]; signature: string | undefined; form: URLSearchParams }

/** Carries a text to a phone. A fake fits on one screen. */
export type Messenger = {
  name: string
  /** Throws SendError. Has its own time limit. */
  send(message: Outgoing): Promise<Receipt>
  /** Reads a delivery report; 'unsigned' where the signature is missing or wrong. */
  readReport?(call: ProviderCall): DeliveryReport | 'unsigned' | 'unclear'
}

export class SendError extends Error {
  readonly problem: MessageProblem
  /** True: the same message will never go. */
  readonly permanent: boolean
  /** True: it may have left in spite of the error, so trying again could send it twice. */
  readonly mayHaveLeft: boolean
  constructor(problem: MessageProblem, options: { permanent: boolean; mayHaveLeft?: boolean }) {
    super(problem)
    this.name = 'SendError'
    this.problem = problem
    this.permanent = options.permanent
    this.mayHaveLeft = options.mayHaveLeft ?? false
  }
}
