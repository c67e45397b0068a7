import { useState } from 'preact/hooks'
import { auth, call } from '../call.ts'
import { Icon } from '../parts/icon.tsx'
import { Menu, MenuItem } from '../parts/menu.tsx'
import { go, to } from '../router.ts'
import { useSession, useSite } from '../session.ts'
import { useWords } from '../words/index.ts'
import { Finder, useFinderKeys } from './finder.tsx'
import { LanguageSwitch, ThemeMenu } from './tools.tsx'

export function TopBar() {
  const { frame } = useWords()
  const [finding, setFinding] = useState(false)
  useFinderKeys(() => setFinding(true))
  return (
    <header class="top">
      <SiteSwitcher />
      <button type="button" class="find" onClick={() => setFinding(true)}>
        <Icon name="search" />
        <span class="vh">{frame.search}: </span>
        <span>{frame.searchHint}</span>
        <kbd>/</kbd>
      </button>
      <div class="tools">
        <LanguageSwitch />
        <ThemeMenu />
        <MeMenu />
      </div>
      {finding && <Finder onClose={() => setFinding(false)} />}
    </header>
  )
}

function SiteSwitcher() {
  const { frame, shared } = useWords()
  const { me, again } = useSession()
  const { site, setSite } = useSite()
  const name = (
    <>
      <span class="chain-name two">{me.merchant.name}&ensp;/</span> <b>{site?.name ?? shared.allSites}</b>
    </>
  )
  if (me.sites.length < 2 && me.merchants.length === 0) return <span class="site">{name}</span>
  return (
    <Menu
      class="sites-menu"
      button="site"
      pop="start"
      summary={
        <>
          <span class="vh">{frame.chooseSite}: </span>
          {name}
          <Icon name="down" />
        </>
      }
    >
      {me.sites.length > 1 && (
        <MenuItem pressed={!site} onClick={() => setSite(undefined)}>
          {shared.allSites}
          {!site && <Icon name="check" />}
        </MenuItem>
      )}
      {me.sites.map((one) => (
        <MenuItem key={one.id} pressed={one.id === site?.id} onClick={() => setSite(one.id)}>
          {one.name}
          {one.id === site?.id && <Icon name="check" />}
        </MenuItem>
      ))}
      {me.merchants.length > 0 && <h3>{frame.business}</h3>}
      {me.merchants.map((merchant) => (
        <MenuItem
          key={merchant.id}
          onClick={async () => {
            await call('POST /me/merchant', { body: { merchantId: merchant.id } })
            setSite(undefined)
            await again()
            go('/')
          }}
        >
          {merchant.name}
        </MenuItem>
      ))}
    </Menu>
  )
}

function MeMenu() {
  const { frame } = useWords()
  const { me } = useSession()
  if (!me.staff) return null
  const who = frame.me(me.staff.name, frame.roles[me.staff.role])
  return (
    <Menu
      button="me"
      title={who}
      pop="narrow"
      summary={
        <>
          {initials(me.staff.name)}
          <span class="vh">, {who}</span>
        </>
      }
    >
      <p class="who">
        <b>{me.staff.name}</b>
        <span class="two small">{me.staff.email}</span>
      </p>
      <MenuItem href={to('/settings/profile')}>
        <Icon name="lock" />
        {frame.profile}
      </MenuItem>
      <MenuItem onClick={signOut}>
        <Icon name="leave" />
        {frame.signOut}
      </MenuItem>
    </Menu>
  )
}

/** Whatever the server says to it: whoever leaves, leaves. */
export async function signOut(): Promise<void> {
  try {
    await auth('sign-out', {})
  } finally {
    go('/sign-in')
  }
}

/** 'Shen Lan' is SL, '沈岚' is 沈. */
export function initials(name: string): string {
  const parts = name.trim().split(/\s+/)
  const first = parts[0]?.charAt(0) ?? ''
  if (/\p{Script=Han}/u.test(first)) return first
  return (first + (parts.length > 1 ? (parts.at(-1)?.charAt(0) ?? '') : '')).toUpperCase()
}
