import { useEffect, useState } from 'preact/hooks'

export type Locale = 'en' | 'zh-CN'
export const locales: Locale[] = ['en', 'zh-CN']

const listeners = new Set<() => void>()

/** The language of the panel. Set before the first paint by early.js; kept in a cookie, so that the server's own sentences follow. */
export const currentLocale = (): Locale => (document.documentElement.lang === 'zh-CN' ? 'zh-CN' : 'en')

export function setLocale(locale: Locale): void {
  document.documentElement.lang = locale
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie store is asynchronous and missing in Safari 16 and Firefox
  document.cookie = `doorman-lang=${locale}; path=/; max-age=31536000; samesite=lax`
  for (const listener of listeners) listener()
}

export function useLocale(): Locale {
  const [locale, redraw] = useState(currentLocale)
  useEffect(() => {
    const listener = () => redraw(currentLocale())
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [])
  return locale
}
