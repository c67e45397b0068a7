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
  const [at, setAt] = useState<'gateway' | 'guest'>()
  const waiting = state?.waiting ?? undefined
  const isIn = Boolean(waiting?.firstGuest)
  useEffect(() => {
    if (isIn) go('/', { replace: true })
  }, [isIn])
  // Where to begin is decided once: a gateway just added must not take its own text away from whoever is copying it.
  const hasGateway = Boolean(waiting?.gateway)
  useEffect(() => {
    if (waiting) setAt((before) => before ?? (hasGateway ? 'guest' : 'gateway'))
  }, [Boolean(waiting)])
  if (!me || !waiting || !at) return null
  const site = me.sites[0]
  if (!site) return null
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
                setAt('guest')
              }}
            />
          ) : (
            <WaitingStep site={site} waiting={waiting} onBack={() => setAt('gateway')} />
          )}
        </main>
      </div>
    </SessionContext.Provider>
  )
}
