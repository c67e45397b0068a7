import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Me, Right } from '../api/schemas/me.ts'
import { useQuery } from './router.ts'
import { keep, kept } from './theme.ts'

/** Who is signed in. The frame asks once and gives it to every page; `again` asks anew after a change. */
export const SessionContext = createContext<{ me: Me; again: () => Promise<void> } | undefined>(undefined)

export function useSession(): { me: Me; again: () => Promise<void> } {
  const session = useContext(SessionContext)
  if (!session) throw new Error('only pages behind the sign-in may ask who is signed in')
  return session
}

export const useMe = (): Me => useSession().me

/** `useMay('sites.change')`: what is not allowed is not drawn. The server refuses it all the same. */
export function useMay(right: Right): boolean {
  return useMe().rights.includes(right)
}

const siteKey = 'doorman-site'

/**
 * The shop that the switcher in the top bar stands on; `site` is undefined for all of them. It is in the address as
 * `site=`, so that a shared link shows the same, and kept in this browser for the next page.
 */
export function useSite(): {
  site: Me['sites'][number] | undefined
  siteId: string | undefined
  timeZone: string
  setSite: (id: string | undefined) => void
} {
  const session = useContext(SessionContext)
  const [query, setQuery] = useQuery()
  const sites = session?.me.sites ?? []
  const only = sites.length === 1 ? sites[0] : undefined
  const wanted = query.site ?? kept(siteKey)
  const site = sites.find((one) => one.id === wanted) ?? only
  return {
    site,
    siteId: site?.id,
    timeZone: site?.timeZone ?? sites[0]?.timeZone ?? 'UTC',
    setSite: (id) => {
      keep(siteKey, id)
      setQuery({ site: id })
    },
  }
}
