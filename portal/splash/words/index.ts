import { en, type Words } from './en.ts'
import { zhCN } from './zh-CN.ts'

export type { Words }
export const languages = { en, 'zh-CN': zhCN } as const satisfies Record<string, Words>
export type Locale = keyof typeof languages
export const locales = Object.keys(languages) as Locale[]

export const wordsOf = (locale: Locale): Words => languages[locale]

/** 'zh', 'zh-TW', 'zh-Hans-CN' and the like → 'zh-CN'; undefined where we have no such language. */
export function parseLocale(tag: string | undefined | null): Locale | undefined {
  const language = tag?.toLowerCase().split(/[-_]/)[0]
  return locales.find((locale) => locale.toLowerCase().split('-')[0] === language)
}

/**
 * The language of the phone (RFC 9110 §12.5.4). A phone that speaks none of ours gets English; one that says nothing
 * gets the site's language.
 */
export function chooseLocale(acceptLanguage: string | undefined, ofSite: string): Locale {
  const fallback = parseLocale(ofSite) ?? 'en'
  if (!acceptLanguage || acceptLanguage.length > 1000) return fallback
  const wishes = acceptLanguage
    .split(',')
    .map((item) => {
      const [tag = '', ...rest] = item.trim().split(';')
      const q = rest.map((part) => /^\s*q=([0-9.]+)\s*$/.exec(part)?.[1]).find(Boolean)
      return { tag, q: q === undefined ? 1 : Number(q) || 0 }
    })
    .filter(({ tag, q }) => tag && q > 0)
    .sort((one, other) => other.q - one.q)
  for (const { tag } of wishes) {
    if (tag === '*') return fallback
    const locale = parseLocale(tag)
    if (locale) return locale
  }
  return wishes.length > 0 ? 'en' : fallback
}
