import {
  type CountryCode,
  getCountryCallingCode,
  getExampleNumber,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max'
import examples from 'libphonenumber-js/mobile/examples'

export type Phone = {
  /** +8613800138000 */
  e164: string
  /** CN */
  country: string
  /** Digits after the country calling code. */
  national: string
  /** mobile, fixed, or what neither the plan nor we can tell apart (NANP). */
  type: 'mobile' | 'fixed' | 'either' | 'other'
}

/**
 * Reads a number as a guest types it; a full number (+86…, 0086…) wins over `country`.
 * @param country ISO 3166-1 alpha-2 to read a local number with.
 * @returns undefined for what is no possible number there.
 */
export function parsePhone(text: string, country: string): Phone | undefined {
  if (text.length > 40 || !isSupportedCountry(country)) return undefined
  const typed = text.normalize('NFKC').trim().replace(/^00/, '+')
  const number = parsePhoneNumberFromString(typed, country as CountryCode)
  if (!number?.isValid() || number.ext) return undefined
  return {
    e164: number.number,
    country: number.country ?? country,
    national: number.nationalNumber,
    type: typeOf(number.getType()),
  }
}

function typeOf(type: string | undefined): Phone['type'] {
  if (type === 'MOBILE') return 'mobile'
  if (type === 'FIXED_LINE_OR_MOBILE') return 'either'
  return type === 'FIXED_LINE' ? 'fixed' : 'other'
}

/** `138****8000`: what lists, logs of staff and the reopened code page may show. */
export function maskPhone(e164: string): string {
  const national = parsePhoneNumberFromString(e164)?.nationalNumber ?? e164.replace(/^\+/, '')
  return national.length < 8
    ? `****${national.slice(-4)}`
    : `${national.slice(0, 3)}****${national.slice(-4)}`
}

/** `+86 138 0013 8000`, for the person whose number it is. */
export const phoneSpaced = (e164: string) => parsePhoneNumberFromString(e164)?.formatInternational() ?? e164

/** The last four digits as typed in a search, or undefined. */
export const lastFour = (e164: string) => e164.slice(-4)

/**
 * Why `parsePhone` has no answer, by the length of that country's mobile numbers.
 * `difference`: digits too many, or, below zero, missing.
 */
export function phoneProblem(
  text: string,
  country: string,
): { kind: 'length'; difference: number; calling: string; takes: number } | { kind: 'invalid' } {
  const typed = text.normalize('NFKC').trim().replace(/^00/, '+')
  const calling = callingCode(country)
  const takes =
    isSupportedCountry(country) && getExampleNumber(country as CountryCode, examples)?.nationalNumber.length
  if (!calling || !takes || !/^\+?[0-9 ().-]+$/.test(typed)) return { kind: 'invalid' }
  if (typed.startsWith('+') && !typed.startsWith(`+${calling}`)) return { kind: 'invalid' }
  const digits = typed.replace(/[^0-9]/g, '').slice(typed.startsWith('+') ? calling.length : 0)
  const difference = digits.length - takes
  return difference === 0 ? { kind: 'invalid' } : { kind: 'length', difference, calling, takes }
}

/** 86 for CN; undefined for what is no country. */
export const callingCode = (country: string) =>
  isSupportedCountry(country) ? getCountryCallingCode(country as CountryCode) : undefined

/** A number as people of that country write it, to show as an example. */
export const phoneExample = (country: string) =>
  isSupportedCountry(country)
    ? (getExampleNumber(country as CountryCode, examples)?.formatNational() ?? '')
    : ''

/** HMAC input for limits by prefix: the number without its last four digits. */
export const phonePrefix = (e164: string) => e164.slice(0, -4)

/**
 * A whole number as typed into a search or an address line, or undefined: a `+` that a query string turned into a
 * space is read as the plus it was, and digits that begin with the country's own code need none.
 */
export function searchedPhone(text: string, country: string): Phone | undefined {
  const typed = text.normalize('NFKC')
  if (!/^[\s+]*[\d\s().-]{7,}$/.test(typed)) return undefined
  const digits = typed.replace(/\D/g, '')
  const calling = callingCode(country)
  return (
    (typed.startsWith(' ') ? parsePhone(`+${digits}`, country) : undefined) ??
    parsePhone(typed, country) ??
    (calling && digits.startsWith(calling) ? parsePhone(`+${digits}`, country) : undefined)
  )
}
