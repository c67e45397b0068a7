import { randomBytes, randomInt } from 'node:crypto'
import { parsePhone, phoneExample } from '../../db/values/phone.ts'
import type { Guest } from './guest.ts'

/** People who do not exist: each with a number that could be one, and a phone with a private address. */
export function makeGuests(count: number, country: string): Guest[] {
  const phones = new Set<string>()
  while (phones.size < count) phones.add(possiblePhone(country))
  return [...phones].map((phone, index) => ({
    name: `guest ${index + 1}`,
    phone,
    mac: privateMac(),
    ip: `10.1.${1 + Math.floor(index / 250)}.${1 + (index % 250)}`,
    language: index % 4 === 3 ? 'en' : 'zh-CN,zh;q=0.9',
    marketing: index % 5 < 2,
  }))
}

/** The example number of a country with other digits behind the first, until it is a possible mobile one. */
function possiblePhone(country: string): string {
  const example = parsePhone(phoneExample(country), country)
  if (!example) throw new Error(`No mobile number of ${country} is known.`)
  const calling = example.e164.slice(0, example.e164.length - example.national.length)
  for (let tries = 0; tries < 5000; tries++) {
    // The more tries fail, the more of the example is kept.
    const kept = Math.min(example.national.length - 4, 1 + Math.floor(tries / 200))
    const tail = Array.from(example.national.slice(kept), () => randomInt(10)).join('')
    const phone = parsePhone(`${calling}${example.national.slice(0, kept)}${tail}`, country)
    if (phone && phone.country === country && (phone.type === 'mobile' || phone.type === 'either'))
      return phone.e164
  }
  throw new Error(`No mobile number of ${country} could be made up.`)
}

/** Locally administered, as phones make them up for each network. */
function privateMac(): string {
  const bytes = randomBytes(6)
  bytes[0] = ((bytes[0] ?? 0) & 0xfc) | 0x02
  return (bytes.toString('hex').match(/../g) ?? []).join('-').toUpperCase()
}
