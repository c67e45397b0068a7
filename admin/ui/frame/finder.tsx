import { useEffect, useId, useMemo, useState } from 'preact/hooks'
import { call } from '../call.ts'
import { Dialog } from '../parts/dialog.tsx'
import { Icon, type IconName } from '../parts/icon.tsx'
import { go } from '../router.ts'
import { useMay, useMe } from '../session.ts'
import { useTheme } from '../theme.ts'
import { useWords } from '../words/index.ts'
import { useEntries } from './rail.tsx'

/** `/` where nothing is being typed, ⌘K and Ctrl-K anywhere. */
export function useFinderKeys(open: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const command = (event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k'
      if (
        !command &&
        (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target))
      )
        return
      if (document.querySelector('dialog[open]')) return
      event.preventDefault()
      open()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [open])
}

/** True where a key press is a letter and not a command. */
export const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) &&
  !(target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type))

type Find = { key: string; icon: IconName; label: string; aside?: string; act: () => void }
type Group = { title: string; finds: Find[] }

/** Search over guests, pages and actions: one list, moved through by the arrow keys. */
export function Finder({ onClose }: { onClose: () => void }) {
  const { frame } = useWords()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const listId = useId()
  const guests = useFoundGuests(text)
  const fixed = useFixed()
  const groups = useMemo(() => matching(text, guests, fixed, frame.found), [text, guests, fixed, frame])
  const all = groups.flatMap((group) => group.finds)
  const current = all[Math.min(at, all.length - 1)]
  const act = (find: Find | undefined) => {
    if (!find) return
    onClose()
    find.act()
  }
  return (
    <Dialog
      title={<span class="vh">{frame.search}</span>}
      onClose={onClose}
      onSubmit={() => act(current)}
      wide
    >
      <label class="input">
        <Icon name="search" />
        <input
          type="search"
          list={undefined}
          class="bare"
          // biome-ignore lint/a11y/noRedundantRoles: there is no datalist, so the role is not there by itself
          role="combobox"
          aria-label={frame.searchHint}
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={current && `${listId}-${current.key}`}
          placeholder={frame.searchHint}
          autocomplete="off"
          spellcheck={false}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value)
            setAt(0)
          }}
          onKeyDown={(event) => {
            const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
            if (!step || !all.length) return
            event.preventDefault()
            setAt((Math.min(at, all.length - 1) + step + all.length) % all.length)
          }}
        />
      </label>
      <div class="finds" id={listId} role="listbox" aria-label={frame.search} tabIndex={-1}>
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: a listbox groups its options by role
          <div key={group.title} role="group" aria-label={group.title}>
            <p class="grp" aria-hidden="true">
              {group.title}
            </p>
            {group.finds.map((find) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: keys are the input's, which owns the list
              <div
                key={find.key}
                id={`${listId}-${find.key}`}
                class="find-one"
                role="option"
                aria-selected={find === current}
                ref={find === current ? reveal : undefined}
                onClick={() => act(find)}
              >
                <Icon name={find.icon} />
                <span>{find.label}</span>
                {find.aside && <span class="two">{find.aside}</span>}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p class="help" role="status">
        {all.length ? frame.searchHelp : `${frame.nothingFound(text.trim())} ${frame.nothingFoundHelp}`}
      </p>
    </Dialog>
  )
}

const reveal = (element: HTMLElement | null) => element?.scrollIntoView({ block: 'nearest' })

function matching(
  text: string,
  guests: Find[],
  fixed: Find[][],
  titles: { guests: string; pages: string; actions: string },
): Group[] {
  const wanted = text.trim().toLocaleLowerCase()
  const fits = (find: Find) => !wanted || find.label.toLocaleLowerCase().includes(wanted)
  return [
    { title: titles.guests, finds: guests },
    { title: titles.pages, finds: (fixed[0] ?? []).filter(fits) },
    { title: titles.actions, finds: (fixed[1] ?? []).filter(fits) },
  ].filter((group) => group.finds.length)
}

/** Asked 150 ms after the last key; from two characters on. */
function useFoundGuests(text: string): Find[] {
  const { shared } = useWords()
  const may = useMay('guests.read')
  const [finds, setFinds] = useState<Find[]>([])
  useEffect(() => {
    const q = text.trim()
    if (!may || q.length < 2) return setFinds([])
    const own = new AbortController()
    const timer = setTimeout(async () => {
      try {
        const { items } = await call('GET /guests', { query: { q, limit: 6 }, signal: own.signal })
        setFinds(
          items.map((guest) => ({
            key: guest.id,
            icon: 'guest',
            label: guest.name ?? shared.noName,
            aside: guest.phone ?? undefined,
            act: () => go(`/guests/${guest.id}`),
          })),
        )
      } catch {
        if (!own.signal.aborted) setFinds([])
      }
    }, 150)
    return () => {
      clearTimeout(timer)
      own.abort()
    }
  }, [text, may, shared])
  return finds
}

/** Pages and actions that the reader may open. */
function useFixed(): [Find[], Find[]] {
  const { frame } = useWords()
  const { rights } = useMe()
  const entries = useEntries()
  const [theme, setTheme] = useTheme()
  return useMemo(() => {
    const pages = entries.map(
      (entry): Find => ({
        key: entry.word,
        icon: entry.icon,
        label: frame[entry.word],
        act: () => go(entry.path),
      }),
    )
    const actions: (Find | false)[] = [
      rights.includes('sites.change') &&
        step('add-gateway', 'plus', frame.actions.addGateway, '/sites?add=gateway'),
      rights.includes('sites.change') && step('add-site', 'plus', frame.actions.addSite, '/sites?add=site'),
      rights.includes('staff.change') &&
        step('invite', 'plus', frame.actions.invite, '/settings/staff?add=staff'),
      rights.includes('keys.change') &&
        step('key', 'key', frame.actions.newKey, '/settings/api-keys?add=key'),
      rights.includes('texts.change') &&
        step('text', 'pen', frame.actions.newText, '/settings/consent-texts?add=text'),
      step('password', 'lock', frame.actions.password, '/settings/profile?add=password'),
      step('factor', 'lock', frame.actions.secondFactor, '/settings/profile?add=factor'),
      {
        key: 'theme',
        icon: theme === 'dark' ? 'sun' : 'moon',
        label: theme === 'dark' ? frame.actions.toLight : frame.actions.toDark,
        act: () => setTheme(theme === 'dark' ? 'light' : 'dark'),
      },
    ]
    return [pages, actions.filter((action) => action !== false)]
  }, [entries, rights, frame, theme, setTheme])
}

const step = (key: string, icon: IconName, label: string, path: string): Find => ({
  key,
  icon,
  label,
  act: () => go(path),
})
