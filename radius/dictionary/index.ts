import { type Definition, type Kind, rfc2865 } from './rfc2865.ts'
import { rfc2866 } from './rfc2866.ts'

/** Every attribute we name, keyed by the RFC's exact name. */
export const dictionary = { ...rfc2865, ...rfc2866 }
export type AttributeName = keyof typeof dictionary
export type { Definition, Kind }

/** Packet codes, RFC 2865 §4, RFC 2866 §4, RFC 5997 §3, RFC 5176 §2.3. */
export const codes = {
  'Access-Request': 1,
  'Access-Accept': 2,
  'Access-Reject': 3,
  'Accounting-Request': 4,
  'Accounting-Response': 5,
  'Access-Challenge': 11,
  'Status-Server': 12,
  'Disconnect-Request': 40,
  'Disconnect-ACK': 41,
  'Disconnect-NAK': 42,
  'CoA-Request': 43,
  'CoA-ACK': 44,
  'CoA-NAK': 45,
} as const
export type CodeName = keyof typeof codes
