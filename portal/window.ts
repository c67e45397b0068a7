import { timingSafeEqual } from 'node:crypto'
import type { Arrival } from '../db/access/arrivals.ts'
import { codeHash } from '../db/values/keys.ts'

/**
 * What a browser window has shown to be, without a cookie. The arrival's id travels in every form; with it goes a key
 * that only the window has in which the number was typed, or the right code. A window that comes with nothing but the
 * gateway's parameters is 'reopened': anybody who can see a MAC address can make those up, so it sees no number whole.
 */
export type Window = 'reopened' | 'typed' | 'proved'

const key = (kind: string, arrivalId: string, of: string) =>
  codeHash(`window ${kind}`, arrivalId, of).subarray(0, 16).toString('base64url')

/** For the window that typed this number. */
export const typedIn = (arrivalId: string, phone: string) => `${arrivalId}.${key('typed', arrivalId, phone)}`

/** For the window that typed the right code of this grant. */
export const provedIn = (arrivalId: string, grantId: string) =>
  `${arrivalId}.${key('proved', arrivalId, grantId)}`

/** Splits what a form or an address carries. */
export function parseWindow(text: string | undefined): { arrivalId: string; key: string } | undefined {
  const [, arrivalId, key = ''] = /^(arr_[0-9a-z]{20,60})(?:\.([A-Za-z0-9_-]{22}))?$/.exec(text ?? '') ?? []
  return arrivalId ? { arrivalId, key } : undefined
}

export function windowOf(arrival: Arrival, given: string): Window {
  if (arrival.grantId && equal(given, key('proved', arrival.id, arrival.grantId))) return 'proved'
  if (arrival.phone && equal(given, key('typed', arrival.id, arrival.phone))) return 'typed'
  return 'reopened'
}

const equal = (one: string, other: string) =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other))
