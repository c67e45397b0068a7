import { auditHandlers } from './audit.ts'
import { consentTextHandlers } from './consent-texts.ts'
import { guestHandlers } from './guests.ts'
import type { Handlers } from './handler.ts'
import { merchantHandlers } from './merchant.ts'
import { messageHandlers } from './messages.ts'
import { nasHandlers } from './nas.ts'
import { planHandlers } from './plans.ts'
import { sessionHandlers } from './sessions.ts'
import { siteHandlers } from './sites.ts'
import { todayHandlers } from './today.ts'

/** Every operation of the contract, answered. */
export const handlers: Partial<Handlers> = {
  ...auditHandlers,
  ...consentTextHandlers,
  ...guestHandlers,
  ...merchantHandlers,
  ...messageHandlers,
  ...nasHandlers,
  ...planHandlers,
  ...sessionHandlers,
  ...siteHandlers,
  ...todayHandlers,
}
