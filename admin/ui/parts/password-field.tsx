import { useState } from 'preact/hooks'
import { useWords } from '../words/index.ts'
import { IconButton } from './button.tsx'
import { Field } from './field.tsx'

/** A password that can be looked at. */
export function PasswordField(props: {
  label: string
  hint?: string
  error?: string
  value: string
  autocomplete: 'current-password' | 'new-password'
  onInput: (value: string) => void
}) {
  const { door: w } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <Field label={props.label} hint={props.hint} error={props.error}>
      {(ids) => (
        <span class="input with-eye">
          <input
            {...ids}
            // Preact's types tell apart by a literal type; shown, it is a line of text.
            type={(open ? 'text' : 'password') as 'password'}
            name="password"
            class="bare"
            autocomplete={props.autocomplete}
            autocapitalize="none"
            spellcheck={false}
            maxLength={200}
            value={props.value}
            onInput={(event) => props.onInput(event.currentTarget.value)}
          />
          <IconButton
            icon="eye"
            label={open ? w.hidePassword : w.showPassword}
            pressed={open}
            onClick={() => setOpen(!open)}
          />
        </span>
      )}
    </Field>
  )
}
