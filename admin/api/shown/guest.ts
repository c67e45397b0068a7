import type { Identity as IdentityRow } from '../../../db/crm/identities.ts'
import type { DeviceRow, GuestProfile as ProfileRow } from '../../../db/reports/guest-profile.ts'
import type { GuestRow } from '../../../db/reports/guest-row.ts'
import { maskMac } from '../../../db/values/mac.ts'
import type { Asker } from '../handler.ts'
import type { Device, Field, Guest, GuestProfile, Identity } from '../schemas/guests.ts'
import { shownPhone } from './phone.ts'

type Eyes = Pick<Asker, 'mayReveal'>

/** The one way a guest leaves the API. */
export function shownGuest(row: GuestRow, asker: Eyes): Guest {
  const { id, name, visitCount, firstSeenAt, lastSeenAt, lifecycle, regular, online } = row
  return {
    id,
    name,
    phone: row.phone === null ? null : shownPhone(row.phone, asker),
    visitCount,
    firstSeenAt,
    lastSeenAt,
    lifecycle,
    regular,
    online,
    consents: {
      terms: row.terms === 'granted',
      marketing: row.marketing === 'granted',
      marketingState: row.marketing,
    },
    sites: row.siteIds,
  }
}

/** The same with all that belongs to it. */
export function shownProfile(row: ProfileRow, asker: Eyes): GuestProfile {
  return {
    ...shownGuest(row, asker),
    blockedAt: row.blockedAt,
    locale: row.locale,
    firstSiteId: row.firstSiteId,
    identities: row.identities.map((identity) => shownIdentity(identity, asker)),
    devices: row.devices.map(shownDevice),
    fields: row.fields.map((field) => ({ ...field, kind: kindOf(field.field) })),
    consentHistory: row.consentHistory,
    inShop: row.inShop,
    visitsByMonth: row.visitsByMonth,
    medianVisitSeconds: row.medianVisitSeconds,
    rhythm: row.rhythm,
    revealedToday: row.revealedToday,
  }
}

/** A contact; each kind has its own mask. */
export function shownIdentity(identity: IdentityRow, asker: Eyes): Identity {
  const { id, kind, country, source, isPrimary, wrongReason } = identity
  return {
    id,
    kind,
    value: kind === 'phone' ? shownPhone(identity.value, asker) : masked(identity.value, asker),
    country,
    source,
    isPrimary,
    verifiedAt: identity.verifiedAt?.toISOString() ?? null,
    wrongAt: identity.wrongAt?.toISOString() ?? null,
    wrongReason,
    createdAt: identity.createdAt.toISOString(),
  }
}

/** A device: its address is masked for everybody here; what a gateway reported stands on the session. */
export const shownDevice = ({ mac, sessionId, ...device }: DeviceRow): Device => ({
  ...device,
  mac: maskMac(mac),
  online: sessionId !== null,
  sessionId,
})

/** `j***@163.com`, `oA***`: the first letter, and the host of an address. */
function masked(value: string, asker: Eyes): string {
  if (asker.mayReveal) return value
  const sign = value.indexOf('@')
  return sign > 0 ? `${value.slice(0, 1)}***${value.slice(sign)}` : `${value.slice(0, 2)}***`
}

/** From S08: what never changes by itself, and what has to be asked again from time to time. */
const kindOf = (field: string): Field['kind'] =>
  ['name', 'birthday', 'member-number'].includes(field) ? 'static' : 'dynamic'
