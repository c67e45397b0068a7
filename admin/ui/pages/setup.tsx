import { useCallback, useEffect, useState } from 'preact/hooks'
import { useAsk } from '../ask.ts'
import { call } from '../call.ts'
import { LanguageSwitch, ThemeMenu } from '../frame/tools.tsx'
import { Empty, ErrorBox } from '../parts/blank.tsx'
import { ButtonLink } from '../parts/button.tsx'
import { useTitle } from '../parts/main.tsx'
import { Skeleton } from '../parts/skeleton.tsx'
import { to } from '../router.ts'
import { useWords } from '../words/index.ts'
import { Brand } from './door/door.tsx'
import { codeOfFragment } from './invitation.tsx'
import { OwnerSteps } from './setup/owner-steps.tsx'
import { ShopSteps } from './setup/shop-steps.tsx'

/**
 * From the one-time link to the first guest. Owner, business and site are made in one go; from then on whoever is
 * signed in may close this page and come back to it.
 */
export function SetupPage() {
  const { setup: w } = useWords()
  useTitle(w.title)
  const [code] = useState(codeOfFragment)
  const { data: state, failure, slow, again } = useAsk('GET /setup')
  const [isGood, setGood] = useState<boolean>()
  useEffect(() => {
    if (!state?.needed) return
    if (!code) return setGood(false)
    call('POST /setup/code', { body: { code } }).then(
      ({ valid }) => setGood(valid),
      () => setGood(false),
    )
  }, [state?.needed, code])
  const onMade = useCallback(async () => {
    // The code is spent: it goes out of the address, and out of the history with it.
    history.replaceState(null, '', location.pathname)
    await again()
  }, [again])
  return (
    <>
      <header class="first-top">
        <Brand />
        <div class="tools">
          <LanguageSwitch />
          <ThemeMenu />
        </div>
      </header>
      {!state && (failure ? <ErrorBox failure={failure} again={again} /> : slow && <Skeleton />)}
      {state?.needed && isGood && <OwnerSteps code={code} onMade={onMade} />}
      {state && (state.needed ? isGood === false : !state.waiting) && (
        <main id="main">
          <Empty top title={w.dead} actions={<ButtonLink href={to('/sign-in')}>{w.toSignIn}</ButtonLink>}>
            {w.deadHelp}
          </Empty>
        </main>
      )}
      {state && !state.needed && state.waiting && <ShopSteps />}
    </>
  )
}
