import type { ComponentChildren } from 'preact'

/** A wide table scrolls inside its own frame, which takes focus so that the arrow keys move it. */
export function TableFrame({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: without it a keyboard can not scroll a wide table
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
    <div class="hscroll" tabIndex={0} role="group" aria-label={label}>
      {children}
    </div>
  )
}

export type Column = { label: ComponentChildren; num?: boolean; class?: string; hidden?: boolean }

export function Head({ columns }: { columns: Column[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column, index) => (
          <th
            key={index}
            scope="col"
            class={[column.num && 'num', column.class].filter(Boolean).join(' ') || undefined}
          >
            {column.hidden ? <span class="vh">{column.label}</span> : column.label}
          </th>
        ))}
      </tr>
    </thead>
  )
}
