import type { Locale } from './locale.ts'
import type { Option } from './parts/field.tsx'

/** Languages that guests' pages speak, each in its own name. */
export const guestLocales: Option[] = [
  { value: 'zh-CN', label: '中文' },
  { value: 'en', label: 'English' },
]

const codes =
  'AE AR AT AU BE BG BH BR BY CA CH CL CN CO CR CY CZ DE DK DZ EE EG ES FI FR GB GE GR HK HR HU ID IE IL IN IQ IR IS IT JO JP KE KG KH KR KW KZ LA LB LI LK LT LU LV MA MC MD ME MK MM MN MO MT MX MY NG NL NO NP NZ OM PA PE PH PK PL PT QA RO RS RU SA SE SG SI SK TH TN TR TW TZ UA US UY UZ VN ZA'.split(
    ' ',
  )

/** Countries in the reader's language; `also` is one that must be there. */
export function countries(locale: Locale, also?: string): Option[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' })
  const all = also && !codes.includes(also) ? [also, ...codes] : codes
  return all
    .map((code) => ({ value: code, label: `${names.of(code) ?? code} (${code})` }))
    .sort((one, other) => one.label.localeCompare(other.label, locale))
}

export function timeZones(also?: string): Option[] {
  const known = Intl.supportedValuesOf('timeZone')
  const all = also && !known.includes(also) ? [also, ...known] : known
  return all.map((zone) => ({ value: zone, label: zone.replaceAll('_', ' ') }))
}

export const ownTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone
/** A guess from the language of the browser: zh-CN is CN. */
export const ownCountry = () => /-([A-Z]{2})\b/.exec(navigator.language)?.[1] ?? 'CN'
