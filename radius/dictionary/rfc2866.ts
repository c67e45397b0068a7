import type { Definition } from './rfc2865.ts'

/** RFC 2866 §5 and RFC 2869 §5: accounting. */
export const rfc2866 = {
  'Acct-Status-Type': [40, 'integer'],
  'Acct-Delay-Time': [41, 'integer'],
  'Acct-Input-Octets': [42, 'integer'],
  'Acct-Output-Octets': [43, 'integer'],
  'Acct-Session-Id': [44, 'text'],
  'Acct-Authentic': [45, 'integer'],
  'Acct-Session-Time': [46, 'integer'],
  'Acct-Input-Packets': [47, 'integer'],
  'Acct-Output-Packets': [48, 'integer'],
  'Acct-Terminate-Cause': [49, 'integer'],
  'Acct-Multi-Session-Id': [50, 'text'],
  'Acct-Input-Gigawords': [52, 'integer'],
  'Acct-Output-Gigawords': [53, 'integer'],
  'Event-Timestamp': [55, 'time'],
  'EAP-Message': [79, 'string'],
  'Message-Authenticator': [80, 'string'],
  'Acct-Interim-Interval': [85, 'integer'],
  'NAS-Port-Id': [87, 'text'],
  'NAS-IPv6-Address': [95, 'address6'],
  'Error-Cause': [101, 'integer'],
} as const satisfies Record<string, Definition>

/** Acct-Status-Type values, RFC 2866 §5.1 and RFC 2869 §2.1. */
export const acctStatus = {
  Start: 1,
  Stop: 2,
  'Interim-Update': 3,
  'Accounting-On': 7,
  'Accounting-Off': 8,
} as const

/** Acct-Terminate-Cause in words, RFC 2866 §5.10 and RFC 3580 §3.17. */
export const terminateCauses: Record<number, string> = {
  1: 'User-Request',
  2: 'Lost-Carrier',
  3: 'Lost-Service',
  4: 'Idle-Timeout',
  5: 'Session-Timeout',
  6: 'Admin-Reset',
  7: 'Admin-Reboot',
  8: 'Port-Error',
  9: 'NAS-Error',
  10: 'NAS-Request',
  11: 'NAS-Reboot',
  12: 'Port-Unneeded',
  13: 'Port-Preempted',
  14: 'Port-Suspended',
  15: 'Service-Unavailable',
  16: 'Callback',
  17: 'User-Error',
  18: 'Host-Request',
  19: 'Supplicant-Restart',
  20: 'Reauthentication-Failure',
  21: 'Port-Reinit',
  22: 'Port-Disabled',
}
