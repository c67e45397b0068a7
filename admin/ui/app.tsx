import type { ComponentChildren } from 'preact'
import { useEffect } from 'preact/hooks'
import { Frame } from './frame/frame.tsx'
import { useLocale } from './locale.ts'
import { GuestPage } from './pages/guest.tsx'
import { GuestsPage } from './pages/guests.tsx'
import { InvitationPage } from './pages/invitation.tsx'
import { MessagesPage } from './pages/messages.tsx'
import { MissingPage } from './pages/missing.tsx'
import { SettingsPage } from './pages/settings.tsx'
import { SetupPage } from './pages/setup.tsx'
import { SignInPage } from './pages/sign-in.tsx'
import { SitesPage } from './pages/sites.tsx'
import { TodayPage } from './pages/today.tsx'
import { TrustPage } from './pages/trust.tsx'
import { Toasts } from './parts/toast.tsx'
import { listenToLinks, match, useLocation } from './router.ts'

/*
 * How a page is made.
 *
 * - `pages/<noun>.tsx` exports one component and begins with `<Main title=…>` (parts/main.tsx); what only it needs lies
 *   beside it. Add its route below and, if it stands in the rail, its entry in frame/rail.tsx.
 * - Data: `const { data, failure, slow, again, put } = useAsk('GET /guests/:id', { params: { id }, everyMs: 10_000 })`;
 *   lists page by page `useAskPages('GET /guests', { query })`; a change `await call('PATCH /guests/:id', { params, body })`,
 *   which throws Failure { code, message, status }. `slow` → <Skeleton>, `failure` and no data → <ErrorBox>.
 * - State that a link should carry: `const [query, setQuery] = useQuery()`; links are plain `<a href={to('/guests')}>`,
 *   steps in code `go('/guests')`. The chosen shop: `useSite()`. Who reads and what they may: `useMe()`, `useMay(right)`.
 * - Words: `const { guests: w, shared } = useWords()`, one file a page and language under words/. Nothing else is shown.
 *   Dates, numbers, lengths: `useFormat()`, in the time zone of the shop.
 * - No style attribute in markup (the policy is default-src 'self'). A computed width goes by Preact's style={{ … }},
 *   which sets it through the DOM. Classes are in styles/, one file a page; narrower screens come last, in narrow.css.
 */
const routes: [path: string, page: (params: Record<string, string>) => ComponentChildren][] = [
  ['/', () => <TodayPage />],
  ['/guests', () => <GuestsPage />],
  ['/guests/:id', ({ id = '' }) => <GuestPage key={id} id={id} />],
  ['/messages', () => <MessagesPage />],
  ['/sites', () => <SitesPage />],
  ['/sites/:id', ({ id }) => <SitesPage id={id} />],
  ['/settings/:tab?', ({ tab }) => <SettingsPage tab={tab} />],
  ['/trust', () => <TrustPage />],
]

/** Pages for whoever is not signed in. Their codes come in the fragment, which no server and no log ever sees. */
const open: [path: string, page: () => ComponentChildren][] = [
  ['/sign-in', () => <SignInPage />],
  ['/setup', () => <SetupPage />],
  ['/invitation', () => <InvitationPage />],
]

export function App() {
  useLocale()
  useEffect(listenToLinks, [])
  const { path } = useLocation()
  const outside = open.find(([pattern]) => match(pattern, path))
  return (
    <>
      {outside ? outside[1]() : <Frame path={path}>{pageFor(path)}</Frame>}
      <Toasts />
    </>
  )
}

function pageFor(path: string): ComponentChildren {
  for (const [pattern, page] of routes) {
    const params = match(pattern, path)
    if (params) return page(params)
  }
  return <MissingPage />
}
