import type { SessionRow } from '../../../db/reports/sessions.ts'
import { formatMac, parseMac } from '../../../db/values/mac.ts'
import type { Session } from '../schemas/sessions.ts'

/** The one way a session leaves the API: its device's address as RFC 3580 §3.21 spells it, as sent where it is none. */
export function shownSession(row: SessionRow): Session {
  const mac = parseMac(row.callingStationId)
  return { ...row, callingStationId: mac ? formatMac(mac) : row.callingStationId }
}
