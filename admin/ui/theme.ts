import { useState } from 'preact/hooks'

export type Theme = 'light' | 'dark' | 'system'
const key = 'doorman-theme'

/** Light, dark, or as the system has it. early.js puts it in place before the first paint. */
export function useTheme(): [theme: Theme, set: (theme: Theme) => void] {
  const [theme, redraw] = useState<Theme>(() => (document.documentElement.dataset.theme as Theme) ?? 'system')
  const set = (next: Theme) => {
    if (next === 'system') delete document.documentElement.dataset.theme
    else document.documentElement.dataset.theme = next
    keep(key, next === 'system' ? undefined : next)
    redraw(next)
  }
  return [theme, set]
}

/** Storage may be shut off: then it holds until the page closes. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, value)
  } catch {}
}

export function kept(name: string): string | undefined {
  try {
    return localStorage.getItem(name) ?? undefined
  } catch {
    return undefined
  }
}
