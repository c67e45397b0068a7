import { gateways as en, type GatewayWords } from './en/gateways.ts'
import type { Locale } from './index.ts'
import { gateways as zhCN } from './zh-CN/gateways.ts'

const languages: Record<Locale, GatewayWords> = { en, 'zh-CN': zhCN }

/** Words about gateways in the asker's language. */
export const gatewayWordsOf = (locale: Locale): GatewayWords => languages[locale]
