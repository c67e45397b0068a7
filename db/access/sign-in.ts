import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import type { Mac } from '../values/mac.ts'
import { parsePhone } from '../values/phone.ts'
import { type Arrival, changeArrival, findArrival } from './arrivals.ts'
import { type Redeemed, redeemCode } from './codes.ts'
import {
  findGrant,
  type Grant,
  grantState,
  openFromRemembered,
  openGrant,
  renewCredential,
} from './grants.ts'

export type SignedIn =
  | { ok: true; grant: Grant; isNew: boolean }
  | Extract<Redeemed, { ok: false }>
  | { ok: false; reason: 'blocked' | 'too-many-devices' | 'no-arrival' }

/**
 * The right code lets the guest in: code burnt, guest, identity, consents, grant and audit, all or nothing. A wrong one
 * stays counted.
 */
export async function signInByCode(
  ctx: Ctx,
  input: {
    siteId: string
    arrivalId: string
    code: string
    admits: 'credential' | 'portal'
    ip?: string | undefined
  },
): Promise<SignedIn> {
  try {
    return await transaction(ctx, async (tx) => {
      const arrival = await findArrival(tx, ctx, input.siteId, input.arrivalId)
      if (!arrival) return { ok: false, reason: 'no-arrival' }
      const redeemed = await redeemCode(tx, ctx, arrival, input.code)
      if (!redeemed.ok) return redeemed
      // The number is a full one here; the country only has to be a country.
      const phone = parsePhone(redeemed.phone, 'US')
      if (!phone) throw new Error('a number that could be texted can not be read')
      const { grant, isNew } = await openGrant(tx, ctx, {
        siteId: arrival.siteId,
        nasId: arrival.nasId,
        mac: arrival.mac as Mac,
        method: 'sms',
        phone,
        locale: arrival.locale ?? 'en',
        marketingAccepted: arrival.marketingAccepted,
        admits: input.admits,
        ...(input.ip ? { ip: input.ip } : {}),
      })
      await changeArrival(tx, ctx, arrival.id, { step: 'release', grantId: grant.id, releaseTries: 0 })
      return { ok: true, grant, isNew }
    })
  } catch (error) {
    if (error instanceof DomainError && error.code === 'guest.blocked')
      return { ok: false, reason: 'blocked' }
    if (error instanceof DomainError && error.code === 'grant.too-many-devices')
      return { ok: false, reason: 'too-many-devices' }
    throw error
  }
}

/** The grant an arrival was let in with, while it is good. */
export async function liveGrantOf(tx: Tx, ctx: Ctx, arrival: Arrival): Promise<Grant | undefined> {
  const grant = arrival.grantId ? await findGrant(tx, ctx, arrival.grantId) : undefined
  return grant && grant.mac === arrival.mac && grantState(grant, 0n, ctx.now) === 'active' ? grant : undefined
}

/**
 * One tap: goes on with the time that is left, or with a new grant of the right to be remembered.
 * @returns undefined where neither is there any more.
 */
export function comeBack(
  ctx: Ctx,
  input: { siteId: string; arrivalId: string; admits: 'credential' | 'portal' },
): Promise<Grant | undefined> {
  return transaction(ctx, async (tx) => {
    const arrival = await findArrival(tx, ctx, input.siteId, input.arrivalId)
    if (!arrival) return undefined
    const live = await liveGrantOf(tx, ctx, arrival)
    const grant = live
      ? await renewed(tx, ctx, live)
      : await openFromRemembered(tx, ctx, {
          siteId: arrival.siteId,
          nasId: arrival.nasId,
          mac: arrival.mac as Mac,
          admits: input.admits,
        })
    if (grant)
      await changeArrival(tx, ctx, arrival.id, { step: 'release', grantId: grant.id, releaseTries: 0 })
    return grant
  })
}

/** A credential that ran out or was used is replaced; one that is still good is carried again. */
export async function renewed(tx: Tx, ctx: Ctx, grant: Grant): Promise<Grant | undefined> {
  if (grant.admits !== 'credential') return grant
  const isGood =
    grant.boundAt === null &&
    grant.credentialExpiresAt !== null &&
    grant.credentialExpiresAt.getTime() > ctx.now.getTime() + 60_000
  return isGood ? grant : renewCredential(tx, ctx, grant.id)
}
