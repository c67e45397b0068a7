import { apiKeyHandlers } from './api-keys.ts'
import { auditHandlers } from './audit.ts'
import { balanceHandlers } from './balances.ts'
import { consentTextHandlers } from './consent-texts.ts'
import { guestHandlers } from './guests.ts'
import type { Handlers } from './handler.ts'
import { invitationHandlers } from './invitations.ts'
import { meHandlers } from './me.ts'
import { merchantHandlers } from './merchant.ts'
import { messageHandlers } from './messages.ts'
import { nasHandlers } from './nas.ts'
import { planHandlers } from './plans.ts'
import { sessionHandlers } from './sessions.ts'
import { setupHandlers } from './setup.ts'
import { siteHandlers } from './sites.ts'
import { staffHandlers } from './staff.ts'
import { todayHandlers } from './today.ts'

/** Every operation of the contract, answered. */
export const handlers: Handlers = {
  ...apiKeyHandlers,
  ...auditHandlers,
  ...balanceHandlers,
  ...consentTextHandlers,
  ...guestHandlers,
  ...invitationHandlers,
  ...meHandlers,
  ...merchantHandlers,
  ...messageHandlers,
  ...nasHandlers,
  ...planHandlers,
  ...sessionHandlers,
  ...setupHandlers,
  ...siteHandlers,
  ...staffHandlers,
  ...todayHandlers,
}
