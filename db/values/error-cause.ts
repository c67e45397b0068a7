/** Why a gateway refused to end or to change a session: Error-Cause of RFC 5176 §3.5. The panel has the words. */
const causes = {
  201: 'residual-session-context-removed',
  202: 'invalid-eap-packet',
  401: 'unsupported-attribute',
  402: 'missing-attribute',
  403: 'nas-identification-mismatch',
  404: 'invalid-request',
  405: 'unsupported-service',
  406: 'unsupported-extension',
  407: 'invalid-attribute-value',
  501: 'administratively-prohibited',
  502: 'request-not-routable',
  503: 'session-context-not-found',
  504: 'session-context-not-removable',
  505: 'other-proxy-processing-error',
  506: 'resources-unavailable',
  507: 'request-initiated',
  508: 'multiple-session-selection-unsupported',
} as const

export type ErrorCause = (typeof causes)[keyof typeof causes] | 'other'
export const errorCauses = [...Object.values(causes), 'other'] as const satisfies ErrorCause[]

/** The word for a number that came in a packet; one that no RFC knows is `other`. */
export const errorCauseOf = (number: number): ErrorCause => causes[number as keyof typeof causes] ?? 'other'
