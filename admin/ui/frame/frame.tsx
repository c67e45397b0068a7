import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useAsk } from '../ask.ts'
import { ErrorBox } from '../parts/blank.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { SessionContext } from '../session.ts'
import { useWords } from '../words/index.ts'
import { Rail } from './rail.tsx'
import { TopBar } from './top-bar.tsx'

/** All around a page behind the sign-in. It asks who is signed in; whoever is not goes to the sign-in and comes back. */
export function Frame({ path, children }: { path: string; children: ComponentChildren }) {
  const { frame } = useWords()
  const { data: me, failure, slow, again } = useAsk('GET /me')
  useFocusOnMain(path)
  if (!me) {
    if (failure) return failure.status === 401 ? null : <ErrorBox failure={failure} again={again} />
    return slow ? <Skeleton /> : null
  }
  return (
    <SessionContext.Provider value={{ me, again }}>
      <a class="skip" href="#main">
        {frame.skip}
      </a>
      <div class="app">
        <Rail path={path} />
        <div class="work">
          <TopBar />
          {children}
        </div>
      </div>
    </SessionContext.Provider>
  )
}

/** After a change of page the keyboard starts at its top, and a screen reader reads it. */
function useFocusOnMain(path: string): void {
  const before = useRef(path)
  useEffect(() => {
    if (before.current === path) return
    before.current = path
    document.getElementById('main')?.focus({ preventScroll: true })
  }, [path])
}
