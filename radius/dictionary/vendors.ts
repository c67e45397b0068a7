/** Vendor-Specific attributes we read or write: vendor number, then name to number. */
export const wispr = { vendor: 14122, 'WISPr-Bandwidth-Max-Up': 7, 'WISPr-Bandwidth-Max-Down': 8 } as const

/** CoovaChilli's dictionary (doc/dictionary.coovachilli). Bandwidth in kbit/s, unlike WISPr's bit/s. */
export const chilliSpot = {
  vendor: 14559,
  'ChilliSpot-Max-Total-Octets': 3,
  'ChilliSpot-Bandwidth-Max-Up': 4,
  'ChilliSpot-Bandwidth-Max-Down': 5,
  'ChilliSpot-Acct-View-Point': 10,
  'ChilliSpot-Max-Total-Gigawords': 23,
} as const

/** MikroTik's dictionary. Rate-Limit is `rx/tx`, where rx is what the guest sends. */
export const mikrotik = {
  vendor: 14988,
  'Mikrotik-Rate-Limit': 8,
  'Mikrotik-Total-Limit': 17,
  'Mikrotik-Total-Limit-Gigawords': 18,
} as const
