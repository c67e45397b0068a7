import { type Right, type Role, right } from './api/schemas/me.ts'

const all = right.options

/** Only who owns the business: its keys, its people, its name, what guests agree to, what leaves the house. */
const owners: Right[] = ['keys.change', 'staff.change', 'merchant.change', 'texts.change', 'guests.export']

const atTheCounter: Right[] = [
  'today.read',
  'guests.read',
  'guests.note',
  'balances.change',
  'messages.read',
  'sites.read',
]

/**
 * What a member may do. Owner: everything. Manager: all that runs the shops day by day. Staff: what the counter needs,
 * with every number masked; that includes taking money for a prepaid plan, under their name. A manager of some sites does not read the audit log, which tells of all of them.
 */
export function rightsOf(role: Role, siteIds: string[] | null): Right[] {
  if (role === 'owner') return [...all]
  if (role === 'staff') return atTheCounter
  return all.filter((one) => !owners.includes(one) && (one !== 'audit.read' || siteIds === null))
}

/**
 * What a program may do: all that an owner may, but neither make accounts and keys, through which a stolen key would
 * outlive its revocation, nor, unless it was made for that, see secrets and numbers in full.
 */
export function rightsOfKey(mayReveal: boolean): Right[] {
  const never: Right[] = ['keys.change', 'staff.change']
  const revealing: Right[] = ['guests.reveal', 'guests.export', 'gateways.secret']
  return all.filter((one) => !never.includes(one) && (mayReveal || !revealing.includes(one)))
}
