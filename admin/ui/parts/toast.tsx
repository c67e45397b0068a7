import { useEffect, useState } from 'preact/hooks'
import { useWords } from '../words/index.ts'
import { Icon } from './icon.tsx'

type Note = { id: number; text: string; undo?: () => unknown; bad?: boolean }

let notes: Note[] = []
let last = 0
const listeners = new Set<() => void>()
const tell = () => {
  for (const listener of listeners) listener()
}
const drop = (id: number) => {
  notes = notes.filter((note) => note.id !== id)
  tell()
}

/** Says what was done, with a way back where there is one; goes by itself after eight seconds. */
export function toast(text: string, how: { undo?: () => unknown; bad?: boolean } = {}): void {
  last += 1
  const id = last
  notes = [...notes.slice(-2), { id, text, ...how }]
  tell()
  setTimeout(() => drop(id), 8000)
}

/** Where they appear; the frame draws it once. */
export function Toasts() {
  const [, redraw] = useState(0)
  const { shared } = useWords()
  useEffect(() => {
    const listener = () => redraw((n) => n + 1)
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [])
  return (
    <div class="toasts" role="status">
      {notes.map((note) => (
        <div key={note.id} class="toast">
          <Icon name={note.bad ? 'warn' : 'check'} />
          <span>{note.text}</span>
          {note.undo && (
            <button
              type="button"
              class="link"
              onClick={() => {
                note.undo?.()
                drop(note.id)
              }}
            >
              {shared.undo}
            </button>
          )}
          <button type="button" class="x" aria-label={shared.close} onClick={() => drop(note.id)}>
            <Icon name="cross" />
          </button>
        </div>
      ))}
    </div>
  )
}
