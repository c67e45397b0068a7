/** RFC 2865 §5 and the later RFCs' attributes we read or write: name, number, kind of value. */
export type Kind = 'text' | 'string' | 'integer' | 'address' | 'time' | 'address6'
export type Definition = readonly [type: number, kind: Kind]

export const rfc2865 = {
  'User-Name': [1, 'text'],
  'User-Password': [2, 'string'],
  'CHAP-Password': [3, 'string'],
  'NAS-IP-Address': [4, 'address'],
  'NAS-Port': [5, 'integer'],
  'Service-Type': [6, 'integer'],
  'Framed-Protocol': [7, 'integer'],
  'Framed-IP-Address': [8, 'address'],
  'Filter-Id': [11, 'text'],
  'Framed-MTU': [12, 'integer'],
  'Login-IP-Host': [14, 'address'],
  'Login-Service': [15, 'integer'],
  'Reply-Message': [18, 'text'],
  State: [24, 'string'],
  Class: [25, 'string'],
  'Vendor-Specific': [26, 'string'],
  'Session-Timeout': [27, 'integer'],
  'Idle-Timeout': [28, 'integer'],
  'Termination-Action': [29, 'integer'],
  'Called-Station-Id': [30, 'text'],
  'Calling-Station-Id': [31, 'text'],
  'NAS-Identifier': [32, 'text'],
  'Proxy-State': [33, 'string'],
  'CHAP-Challenge': [60, 'string'],
  'NAS-Port-Type': [61, 'integer'],
} as const satisfies Record<string, Definition>
