import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { useWords } from '../words/index.ts'

type Around = {
  label: ComponentChildren
  hint?: ComponentChildren
  /** What is wrong and what to do; takes the place of the hint. */
  error?: string
  optional?: boolean
}
type Ids = { id: string; 'aria-describedby': string; 'aria-invalid'?: 'true' }

/** Label, control, and one line below that is always there: hint and error take turns in it, so nothing moves. */
export function Field({
  label,
  hint,
  error,
  optional,
  children,
}: Around & { children: (ids: Ids) => ComponentChildren }) {
  const id = useId()
  const { shared } = useWords()
  const line = `${id}-line`
  return (
    <div class="field">
      <label for={id}>
        {label}
        {optional && <span class="small">, {shared.optional}</span>}
      </label>
      {children({ id, 'aria-describedby': line, 'aria-invalid': error ? 'true' : undefined })}
      <p class={error ? 'help bad' : 'help'} id={line} role={error ? 'alert' : undefined}>
        {error ?? hint ?? ' '}
      </p>
    </div>
  )
}

type Input = {
  value: string
  onInput: (value: string) => void
  type?: 'text' | 'email' | 'password' | 'tel' | 'number'
  name?: string
  class?: string
  autocomplete?: string
  inputMode?: 'numeric' | 'decimal' | 'email' | 'tel'
  placeholder?: string
  maxLength?: number
  min?: number
  max?: number
  required?: boolean
  disabled?: boolean
  autofocus?: boolean
  spellcheck?: boolean
  lang?: string
}

export function TextField({
  label,
  hint,
  error,
  optional,
  onInput,
  class: extra,
  type = 'text',
  ...input
}: Around & Input) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(ids) => (
        <input
          {...input}
          {...ids}
          // Preact's types tell apart by a literal type; ours are all lines of text.
          type={type as 'text'}
          class={extra ? `input ${extra}` : 'input'}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
    </Field>
  )
}

export function AreaField({
  label,
  hint,
  error,
  optional,
  onInput,
  ...input
}: Around & {
  value: string
  rows?: number
  maxLength?: number
  lang?: string
  onInput: (value: string) => void
}) {
  return (
    <Field label={label} hint={hint} error={error} optional={optional}>
      {(ids) => (
        <textarea {...input} {...ids} class="input" onInput={(event) => onInput(event.currentTarget.value)} />
      )}
    </Field>
  )
}

export type Option = { value: string; label: string }

export function SelectField({
  label,
  hint,
  error,
  value,
  options,
  onChange,
}: Around & { value: string; options: Option[]; onChange: (value: string) => void }) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(ids) => (
        <select
          {...ids}
          class="input"
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}

/** A box to tick, its words, and a line in small. */
export function Tick(props: {
  label: ComponentChildren
  hint?: ComponentChildren
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  return (
    <label class="opt">
      <input
        type="checkbox"
        class="tick"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
      {props.hint && <small>{props.hint}</small>}
    </label>
  )
}

/** On or off, at once. */
export function Switch(props: {
  label: ComponentChildren
  hint?: ComponentChildren
  checked: boolean
  onChange: (checked: boolean) => void
  disabled?: boolean
}) {
  const id = useId()
  return (
    <>
      <label for={id}>
        {props.label}
        {props.hint && <small>{props.hint}</small>}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        aria-checked={props.checked}
        class="switch"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
    </>
  )
}

/** A row of words of which one holds. */
export function Choice<T extends string>(props: {
  label: string
  value: T
  options: { value: T; label: ComponentChildren }[]
  onChange: (value: T) => void
}) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can not stand inside a heading's line
    <span class="choice" role="group" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === props.value}
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </span>
  )
}
