import { type Locale, useLocale } from '../locale.ts'
import { en } from './en/index.ts'
import { zhCN } from './zh-CN/index.ts'

/** Every word of the panel, one entry a page. The other languages have the same keys and the same parameters. */
export type Words = typeof en

const all: Record<Locale, Words> = { en, 'zh-CN': zhCN }

export const words = (locale: Locale): Words => all[locale]
export const useWords = (): Words => all[useLocale()]
