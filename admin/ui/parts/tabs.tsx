import type { ComponentChildren } from 'preact'

export type Tab = { href: string; label: ComponentChildren; current: boolean; count?: ComponentChildren }

/** Tabs are links: each has an address of its own. */
export function Tabs({
  label,
  tabs,
  children,
}: {
  label: string
  tabs: Tab[]
  children?: ComponentChildren
}) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <a key={tab.href} href={tab.href} aria-current={tab.current ? 'page' : undefined}>
          {tab.label}
          {tab.count !== undefined && <span class="n">{tab.count}</span>}
        </a>
      ))}
      {children}
    </nav>
  )
}
