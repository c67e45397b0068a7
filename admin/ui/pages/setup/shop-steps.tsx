import { useEffect, useState } from 'preact/hooks'
import { useAsk } from '../../ask.ts'
import { go } from '../../router.ts'
import { SessionContext } from '../../session.ts'
import { GatewayStep } from './gateway-step.tsx'
import { Path } from './path.tsx'
import { WaitingStep } from './waiting-step.tsx'

/** With an owner there: the gateway, then the wait for the first guest. Polled, so that the page turns by itself. */
export function ShopSteps() {
  const { data: me, again } = useAsk('GET /me')
  const { data: state, again: look } = useAsk('GET /setup', { everyMs: 2000 })
  const [chosen, setChosen] = useState<'gateway' | 'guest'>()
  const waiting = state?.waiting ?? undefined
  const isIn = Boolean(waiting?.firstGuest)
  useEffect(() => {
    if (isIn) go('/', { replace: true })
  }, [isIn])
  if (!me || !waiting) return null
  const site = me.sites[0]
  if (!site) return null
  const at = chosen ?? (waiting.gateway ? 'guest' : 'gateway')
  const told = {
    owner: me.staff?.name,
    business: me.merchant.name,
    site: site.name,
    gateway: waiting.gateway?.name,
  }
  return (
    <SessionContext.Provider value={{ me, again }}>
      <div class="first">
        <Path at={at} told={told} />
        <main id="main">
          {at === 'gateway' ? (
            <GatewayStep
              site={site}
              onListen={async () => {
                await look()
                setChosen('guest')
              }}
            />
          ) : (
            <WaitingStep site={site} waiting={waiting} onBack={() => setChosen('gateway')} />
          )}
        </main>
      </div>
    </SessionContext.Provider>
  )
}
