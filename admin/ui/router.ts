import { useCallback, useEffect, useState } from 'preact/hooks'

/** Under which path the panel lives. Every inner path below starts with `/`: `/guests/gst_1`. */
export const base = '/admin'

const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}

/** The path inside the panel, without base and without a slash at its end. */
export const currentPath = () => location.pathname.slice(base.length).replace(/\/+$/, '') || '/'

/** Links in the panel are plain `<a href={to('/guests')}>`; clicks on them do not load the page anew. */
export const to = (path: string) => `${base}${path === '/' ? '/' : path}`

export function go(path: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', to(path))
  tell()
  if (!replace) scrollTo(0, 0)
}

/** Redraws on every change of path or query. */
export function useLocation(): { path: string; search: string } {
  const [, redraw] = useState(0)
  useEffect(() => {
    const listener = () => redraw((n) => n + 1)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [])
  return { path: currentPath(), search: location.search }
}

export type Query = Record<string, string | undefined>

/**
 * What is filtered, sorted or open lives in the address, so that it can be shared and walked back.
 * `set` takes only what changes; undefined or '' takes a name out. `push: true` makes a step for the back button.
 */
export function useQuery(): [query: Query, set: (change: Query, how?: { push?: boolean }) => void] {
  const { search } = useLocation()
  const set = useCallback((change: Query, { push = false } = {}) => {
    const next = new URLSearchParams(location.search)
    for (const [name, value] of Object.entries(change)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    const text = next.toString()
    const address = `${location.pathname}${text ? `?${text}` : ''}`
    history[push ? 'pushState' : 'replaceState'](history.state, '', address)
    tell()
  }, [])
  return [Object.fromEntries(new URLSearchParams(search)), set]
}

/**
 * Like one name of `useQuery`, for what must not stand in an address because it may be a name or a phone number: it is
 * kept with the entry of the history, survives a reload and the back button, and is seen by no server and no log.
 */
export function useHistoryState(name: string): [value: string, set: (value: string) => void] {
  useLocation()
  const state = (history.state ?? {}) as Record<string, unknown>
  const set = useCallback(
    (value: string) => {
      history.replaceState({ ...(history.state as object | null), [name]: value }, '')
      tell()
    },
    [name],
  )
  const value = state[name]
  return [typeof value === 'string' ? value : '', set]
}

/** `match('/guests/:id', '/guests/gst_1')` is `{ id: 'gst_1' }`; undefined where it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | undefined {
  const names = pattern.split('/')
  const parts = path.split('/')
  if (parts.length > names.length) return undefined
  const found: Record<string, string> = {}
  for (const [index, name] of names.entries()) {
    const part = parts[index]
    if (name.endsWith('?') && !part) continue
    if (part === undefined) return undefined
    if (name.startsWith(':')) found[name.slice(1).replace('?', '')] = decode(part)
    else if (name !== part) return undefined
  }
  return found
}

/** Once, for the whole document. */
export function listenToLinks(): () => void {
  const onClick = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return
    if (link.pathname !== base && !link.pathname.startsWith(`${base}/`)) return
    if (link.hash && link.pathname === location.pathname) return
    event.preventDefault()
    history.pushState(null, '', link.href)
    tell()
    scrollTo(0, 0)
  }
  addEventListener('popstate', tell)
  document.addEventListener('click', onClick)
  return () => {
    removeEventListener('popstate', tell)
    document.removeEventListener('click', onClick)
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
