import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from '../../parts/icon.tsx'
import { useWords } from '../../words/index.ts'

/** Finds while somebody types, 200 ms after the last key, and never in the middle of a composition. */
export function SearchField(props: {
  q: string
  set: (q: string) => void
  enterRows: (when: 'now' | 'found') => void
}) {
  const { q, set } = props
  const { guests: w } = useWords()
  const [text, setText] = useState(q)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const composing = useRef(false)
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => setText(q), [q])
  useEffect(() => () => clearTimeout(timer.current), [])
  const take = (value: string, waitMs: number) => {
    setText(value)
    clearTimeout(timer.current)
    if (!composing.current) timer.current = setTimeout(() => set(value), waitMs)
  }
  return (
    <search class="seek">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        inputMode="search"
        aria-label={w.search}
        placeholder={w.searchHint}
        autocomplete="off"
        spellcheck={false}
        maxLength={80}
        value={text}
        onInput={(event) => take(event.currentTarget.value, 200)}
        onCompositionStart={() => {
          composing.current = true
        }}
        onCompositionEnd={(event) => {
          composing.current = false
          take(event.currentTarget.value, 200)
        }}
        onKeyDown={(event) => {
          if (event.isComposing) return
          if (event.key !== 'ArrowDown' && event.key !== 'Enter') return
          event.preventDefault()
          const isFound = event.currentTarget.value === q
          if (!isFound) take(event.currentTarget.value, 0)
          props.enterRows(isFound ? 'now' : 'found')
        }}
      />
      {text ? (
        <button
          type="button"
          class="x"
          aria-label={w.clearSearch}
          title={w.clearSearch}
          onClick={() => {
            take('', 0)
            input.current?.focus()
          }}
        >
          <Icon name="cross" />
        </button>
      ) : (
        <kbd>/</kbd>
      )}
    </search>
  )
}
