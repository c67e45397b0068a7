import { useEffect, useRef, useState } from 'preact/hooks'
import { isTyping } from '../../frame/finder.tsx'
import { Icon } from '../../parts/icon.tsx'
import { Menu } from '../../parts/menu.tsx'
import { keep, kept } from '../../theme.ts'
import { useWords } from '../../words/index.ts'

export type Command =
  | 'next'
  | 'previous'
  | 'select'
  | 'selectTo'
  | 'open'
  | 'full'
  | 'edit'
  | 'note'
  | 'filter'
  | 'search'
  | 'help'
  | 'close'

const letters: Record<string, Command> = {
  j: 'next',
  k: 'previous',
  x: 'select',
  X: 'selectTo',
  e: 'edit',
  n: 'note',
  f: 'filter',
  '/': 'search',
  '?': 'help',
}

const key = 'doorman-single-keys'

/** Single letters can be shut off (WCAG 2.1.4): somebody who dictates would trigger them. */
export function useSingleKeys(): [on: boolean, set: (on: boolean) => void] {
  const [on, setOn] = useState(() => kept(key) !== 'off')
  return [
    on,
    (next) => {
      keep(key, next ? undefined : 'off')
      setOn(next)
    },
  ]
}

/**
 * The keys of a list. They rest while somebody types, while an input method composes and behind a dialog. They are
 * caught before the frame's own `/`, because here there is a nearer search. `act` says whether it did something.
 */
export function useListKeys(isOn: boolean, act: (command: Command) => boolean): void {
  const latest = useRef(act)
  latest.current = act
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
      if (document.querySelector('dialog[open]')) return
      const command = commandOf(event, isOn)
      if (!command || !latest.current(command)) return
      event.preventDefault()
      event.stopPropagation()
    }
    document.addEventListener('keydown', onKey, { capture: true })
    return () => document.removeEventListener('keydown', onKey, { capture: true })
  }, [isOn])
}

function commandOf(event: KeyboardEvent, isOn: boolean): Command | undefined {
  const { target } = event
  // An open menu closes itself, and takes the key.
  const inMenu = target instanceof Element && target.closest('details[open].menu')
  if (event.key === 'Escape') return inMenu ? undefined : 'close'
  if (isTyping(target) || inMenu) return undefined
  const inList = target instanceof Element && target.closest('.guests tbody')
  if (event.key === 'ArrowDown' && inList) return 'next'
  if (event.key === 'ArrowUp' && inList) return 'previous'
  // Keys that follow each other fast are here before the focus has followed the cursor into the list.
  const isFree = target === document.body || isMain(target)
  if (event.key === 'Enter' && event.shiftKey && (inList || isFree)) return 'full'
  if (event.key === 'Enter' && isFree) return 'open'
  return isOn ? letters[event.key] : undefined
}

const isMain = (target: EventTarget | null) => target instanceof HTMLElement && target.id === 'main'

export function KeysMenu(props: { on: boolean; set: (on: boolean) => void }) {
  const { guests: w } = useWords()
  const rows: [keys: string[], label: string][] = [
    [['j'], w.keys.next],
    [['k'], w.keys.previous],
    [['x'], w.keys.select],
    [['⇧', 'x'], w.keys.selectTo],
    [['↵'], w.keys.open],
    [['⇧', '↵'], w.keys.full],
    [['e'], w.keys.edit],
    [['n'], w.keys.note],
    [['f'], w.keys.filter],
    [['/'], w.keys.search],
    [['?'], w.keys.help],
    [['Esc'], w.keys.close],
  ]
  return (
    <Menu
      class="keys-menu"
      button="btn s"
      pop="w"
      label={w.keys.title}
      summary={
        <>
          <Icon name="keyboard" />
          <span class="w2">{w.keys.button}</span> <kbd>?</kbd>
        </>
      }
    >
      <h2>{w.keys.title}</h2>
      <dl class="keys">
        {rows.map(([keys, label]) => (
          <div key={label}>
            <dt>
              {keys.map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{label}</dd>
          </div>
        ))}
      </dl>
      <div class="last">
        <label class="single">
          <input
            type="checkbox"
            role="switch"
            aria-checked={props.on}
            class="switch"
            checked={props.on}
            onChange={(event) => props.set(event.currentTarget.checked)}
          />
          {w.keys.single}
        </label>
        <span class="two small">{w.keys.composing}</span>
      </div>
    </Menu>
  )
}
