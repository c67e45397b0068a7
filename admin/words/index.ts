import { en, type Words } from './en.ts'
import { zhCN } from './zh-CN.ts'

export type { Words }
export const languages = { en, 'zh-CN': zhCN } as const satisfies Record<string, Words>
export type Locale = keyof typeof languages
export const locales = Object.keys(languages) as Locale[]

export const wordsOf = (locale: Locale): Words => languages[locale]

/** The first language the asker wishes for that we have (RFC 9110 §12.5.4, in the order written); English else. */
export function localeOf(acceptLanguage: string | undefined): Locale {
  for (const wish of (acceptLanguage ?? '').slice(0, 200).split(',')) {
    const language = wish.trim().toLowerCase().split(/[-_;]/)[0]
    const found = locales.find((locale) => locale.toLowerCase().split('-')[0] === language)
    if (found) return found
  }
  return 'en'
}
