import type { AttemptRow, SessionRow } from '../../../db/reports/sessions.ts'
import { errorCauseOf } from '../../../db/values/error-cause.ts'
import { formatMac, parseMac } from '../../../db/values/mac.ts'
import type { Attempt, Session } from '../schemas/sessions.ts'

/** The one way a session leaves the API: its device's address as RFC 3580 §3.21 spells it, as sent where it is none. */
export function shownSession(row: SessionRow): Session {
  const mac = parseMac(row.callingStationId)
  return {
    ...row,
    disconnect: shownAttempt(row.disconnect),
    limitsChange: shownAttempt(row.limitsChange),
    callingStationId: mac ? formatMac(mac) : row.callingStationId,
  }
}

const shownAttempt = (row: AttemptRow | null): Attempt | null =>
  row && {
    outcome: row.outcome,
    at: row.at,
    errorCause: row.errorCause === undefined ? null : errorCauseOf(row.errorCause),
  }
