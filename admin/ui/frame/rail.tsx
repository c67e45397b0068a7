import type { Right } from '../../api/schemas/me.ts'
import { Icon, type IconName, Logo } from '../parts/icon.tsx'
import { Menu, MenuItem } from '../parts/menu.tsx'
import { to } from '../router.ts'
import { useMe } from '../session.ts'
import { useWords } from '../words/index.ts'

type Entry = {
  path: string
  word: 'today' | 'guests' | 'messages' | 'sites' | 'trust' | 'settings'
  icon: IconName
  right?: Right
  /** On a phone it stands behind More. */
  far?: true
}

/** Only what exists. An entry that its reader may not open is not drawn. */
const entries: Entry[] = [
  { path: '/', word: 'today', icon: 'today', right: 'today.read' },
  { path: '/guests', word: 'guests', icon: 'guests', right: 'guests.read' },
  { path: '/messages', word: 'messages', icon: 'send', right: 'messages.read' },
  { path: '/sites', word: 'sites', icon: 'sites', right: 'sites.read' },
  { path: '/trust', word: 'trust', icon: 'trust', right: 'audit.read', far: true },
  { path: '/settings', word: 'settings', icon: 'settings', far: true },
]

export function useEntries(): Entry[] {
  const { rights } = useMe()
  return entries.filter((entry) => !entry.right || rights.includes(entry.right))
}

export const isUnder = (path: string, entry: string) =>
  entry === '/' ? path === '/' : path === entry || path.startsWith(`${entry}/`)

/** Rail on the left, icons only under 1100 px, a bar at the bottom of a phone. */
export function Rail({ path }: { path: string }) {
  const { frame } = useWords()
  const shown = useEntries()
  const far = shown.filter((entry) => entry.far)
  return (
    <aside class="rail" aria-label="Doorman">
      <a class="brand" href={to('/')} aria-label="Doorman 迎宾">
        <Logo />
        <span>
          Doorman <i lang="zh-CN">迎宾</i>
        </span>
      </a>
      <nav aria-label={frame.main}>
        {shown.map((entry) => (
          <a
            key={entry.path}
            href={to(entry.path)}
            class={
              [entry.far && 'far', entry.word === 'settings' && 'push'].filter(Boolean).join(' ') || undefined
            }
            aria-current={isUnder(path, entry.path) ? 'page' : undefined}
          >
            <Icon name={entry.icon} />
            <span>{frame[entry.word]}</span>
          </a>
        ))}
        <Menu
          class={far.some((entry) => isUnder(path, entry.path)) ? 'further current' : 'further'}
          summary={
            <>
              <Icon name="more" />
              <span>{frame.more}</span>
            </>
          }
        >
          {far.map((entry) => (
            <MenuItem key={entry.path} href={to(entry.path)}>
              <Icon name={entry.icon} />
              {frame[entry.word]}
            </MenuItem>
          ))}
        </Menu>
      </nav>
    </aside>
  )
}
