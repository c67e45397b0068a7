import { auditHandlers } from './audit.ts'
import { consentTextHandlers } from './consent-texts.ts'
import type { Handlers } from './handler.ts'
import { merchantHandlers } from './merchant.ts'
import { nasHandlers } from './nas.ts'
import { planHandlers } from './plans.ts'
import { siteHandlers } from './sites.ts'

/** Every operation of the contract, answered. */
export const handlers: Partial<Handlers> = {
  ...auditHandlers,
  ...consentTextHandlers,
  ...merchantHandlers,
  ...nasHandlers,
  ...planHandlers,
  ...siteHandlers,
}
