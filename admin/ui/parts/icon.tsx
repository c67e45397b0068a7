import type { ComponentChildren } from 'preact'

/** One set of 16 px stroke icons. A path each, or several with what they need. */
const drawings = {
  today: (
    <>
      <rect x="2.5" y="3.5" width="11" height="10" rx="1.5" />
      <path d="M2.5 6.5h11M5.5 2v3M10.5 2v3" />
    </>
  ),
  guests: (
    <>
      <circle cx="6" cy="5.5" r="2.5" />
      <path d="M1.5 13.5c.4-2.7 2.2-4 4.5-4s4.1 1.3 4.5 4M10.4 3.2a2.5 2.5 0 0 1 0 4.6M12 9.8c1.4.5 2.3 1.8 2.5 3.7" />
    </>
  ),
  guest: (
    <>
      <circle cx="8" cy="5.5" r="2.5" />
      <path d="M3 13.500c.5-2.700 2.500-4 5-4s4.500 1.300 5 4" />
    </>
  ),
  segments: (
    <>
      <circle cx="6" cy="8" r="4" />
      <circle cx="10" cy="8" r="4" />
    </>
  ),
  send: 'M14 2 7 9M14 2 9.5 14 7 9 2 6.5z',
  care: 'M8 13.5S2 10 2 5.9A3 3 0 0 1 8 4.6a3 3 0 0 1 6 1.3c0 4.1-6 7.6-6 7.6z',
  insight: 'M2 14h12M4 11.5V8M8 11.5V3M12 11.5V6',
  sites:
    'M2.3 6 3.5 2.5h9L13.7 6M3 8.2v5.3h10V8.2M2.3 6a1.9 1.9 0 0 0 3.8 0 1.9 1.9 0 0 0 3.8 0 1.9 1.9 0 0 0 3.8 0M6.5 13.5v-3h3v3',
  trust: 'M8 1.8 13 3.6v4c0 3.2-2.1 5.4-5 6.6-2.9-1.2-5-3.4-5-6.6v-4zM5.8 8l1.6 1.6 2.9-3.1',
  settings: (
    <>
      <path d="M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7" />
      <circle cx="10.5" cy="4.5" r="1.5" />
      <circle cx="5.5" cy="11.5" r="1.5" />
    </>
  ),
  more: <path d="M3 8h.01M8 8h.01M13 8h.01" stroke-width="2.5" />,
  down: 'm4 6 4 4 4-4',
  up: 'm4 10 4-4 4 4',
  left: 'm10 4-4 4 4 4',
  right: 'm6 4 4 4-4 4',
  plus: 'M8 3v10M3 8h10',
  cross: 'm4 4 8 8M12 4l-8 8',
  check: 'M3 8.500 6.500 12 13 4.500',
  done: 'm3 8.500 3.200 3.200L13 5',
  moon: 'M13 9.500A5.500 5.500 0 0 1 6.500 3 5.500 5.500 0 1 0 13 9.500z',
  sun: (
    <>
      <circle cx="8" cy="8" r="2.75" />
      <path d="M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.500l-1.1 1.1" />
    </>
  ),
  copy: (
    <>
      <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
      <path d="M10.5 5.500V4A1.500 1.500 0 0 0 9 2.500H4A1.500 1.500 0 0 0 2.500 4v5A1.500 1.500 0 0 0 4 10.500h1.500" />
    </>
  ),
  search: (
    <>
      <circle cx="7" cy="7" r="4.5" />
      <path d="m10.5 10.5 3 3" />
    </>
  ),
  door: 'M4 13.500V6a4 4 0 0 1 8 0v7.500M2 13.500h12M9.500 9.500v.01',
  eye: (
    <>
      <path d="M1.500 8S4 3.500 8 3.500 14.500 8 14.500 8 12 12.500 8 12.500 1.500 8 1.500 8z" />
      <circle cx="8" cy="8" r="2" />
    </>
  ),
  phone: (
    <>
      <rect x="4.5" y="1.5" width="7" height="13" rx="1.5" />
      <path d="M7.500 12.500h1" />
    </>
  ),
  call: 'M3 2.500h2.500L7 6 5.200 7.200a8 8 0 0 0 3.600 3.600L10 9l3.500 1.500V13a1 1 0 0 1-1 1A10.500 10.500 0 0 1 2 3.500a1 1 0 0 1 1-1z',
  clock: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 5v3l2 1.5" />
    </>
  ),
  lock: (
    <>
      <rect x="3.5" y="7" width="9" height="6.5" rx="1" />
      <path d="M5.500 7V5a2.500 2.500 0 0 1 5 0v2" />
    </>
  ),
  download: 'M8 2.500V10M5 7.500l3 3 3-3M3 10v3.500h10V10',
  upload: 'M8 10V2.500M5 5l3-3 3 3M3 10v3.500h10V10',
  warn: 'M8 2.500 14 13H2zM8 6.500v3M8 11.300v.01',
  info: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="M8 7.500v3.500M8 5.200v.01" />
    </>
  ),
  sum: 'M4 3h8M4 3l4.500 5L4 13h8',
  page: 'M3.500 2.500h6l3 3v8h-9zM9.500 2.500v3h3M6 8.500h4M6 11h4',
  branch: 'M4 2.500v3C4 8 8 8 8 10.500v3M12 2.500v3C12 8 8 8 8 10.500',
  speech: 'M2.500 3h11v8H7l-3 2.500V11H2.500z',
  ticket:
    'M2 4.500h12v2.300a1.300 1.300 0 0 0 0 2.400v2.300H2V9.200a1.300 1.300 0 0 0 0-2.400zM9.500 4.500v7',
  wifi: 'M1.800 6.200a9 9 0 0 1 12.400 0M4 8.800a5.800 5.800 0 0 1 8 0M6.200 11.200a2.600 2.600 0 0 1 3.600 0M8 13.200v.01',
  laptop: (
    <>
      <rect x="3" y="3.5" width="10" height="7" rx="1" />
      <path d="M1.500 13h13" />
    </>
  ),
  columns: (
    <>
      <rect x="2.5" y="3" width="11" height="10" rx="1" />
      <path d="M6.200 3v10M9.800 3v10" />
    </>
  ),
  mail: (
    <>
      <rect x="2" y="3.5" width="12" height="9" rx="1" />
      <path d="m2.500 4.500 5.500 4 5.500-4" />
    </>
  ),
  keyboard: (
    <>
      <rect x="1.5" y="4" width="13" height="8" rx="1.5" />
      <path d="M4 6.500h.01M6.700 6.500h.01M9.300 6.500h.01M12 6.500h.01M5 9.500h6" />
    </>
  ),
  star: 'm8 2 1.800 3.800 4.200.6-3 2.900.7 4.200L8 11.500l-3.700 2 .7-4.200-3-2.900 4.200-.6z',
  pen: 'm10.500 3 2.500 2.500L6 12.500l-3 .5.500-3z',
  return: 'M5.500 3 2.500 6l3 3M2.500 6H10a3.500 3.500 0 0 1 0 7H7',
  bag: 'M3 5.500h10l-.7 8H3.700zM5.500 5.500a2.500 2.500 0 0 1 5 0',
  cake: 'M2.5 13.5h11M3.5 13.5V8.5h9v5M3.5 10.5c1.5 1.3 3 1.3 4.5 0s3-1.3 4.5 0M8 8.5V6M8 2.5c-.9 1-1 1.9 0 2.3 1-.4.9-1.3 0-2.3z',
  reload: 'M13 8a5 5 0 1 1-1.600-3.700M13 2.500v3h-3',
  leave: 'M6.500 3h-4v10h4M9.500 5l3 3-3 3M12.500 8H6',
  play: 'M5 3.500v9l7-4.500z',
  cup: 'M3 5.500h8v4a3.500 3.500 0 0 1-3.500 3.500h-1A3.500 3.500 0 0 1 3 9.500zM11 6.500h1a1.500 1.500 0 0 1 0 3.500h-1M5.500 3.500v-1M8.500 3.500v-1',
  note: 'M3 13v-2.500L10.500 3 13 5.500 5.500 13z',
  merge: 'M2.500 5.500h9M8.500 2.500l3 3-3 3M13.500 10.500h-9M7.500 7.500l-3 3 3 3',
  key: (
    <>
      <circle cx="5" cy="11" r="2.5" />
      <path d="m6.800 9.200 6-6M10.500 5.500l2 2" />
    </>
  ),
  tag: (
    <>
      <path d="M2.500 8.500v-6h6l5 5-6 6z" />
      <path d="M5.500 5.500v.01" stroke-width="2" />
    </>
  ),
  block: (
    <>
      <circle cx="8" cy="8" r="5.5" />
      <path d="m4.2 4.200 7.600 7.600" />
    </>
  ),
} satisfies Record<string, ComponentChildren>

export type IconName = keyof typeof drawings

/** Hidden from readers: the word stands beside it. Give `label` where no word does. */
export function Icon({
  name,
  label,
  tone,
}: {
  name: IconName
  label?: string
  tone?: 'ok' | 'warn' | 'bad'
}) {
  const drawing = drawings[name]
  return (
    <svg
      class={tone ? `i ${tone}` : 'i'}
      viewBox="0 0 16 16"
      aria-hidden={label ? undefined : 'true'}
      role={label ? 'img' : undefined}
      aria-label={label}
    >
      {typeof drawing === 'string' ? <path d={drawing} /> : drawing}
    </svg>
  )
}

export function Logo() {
  return (
    <svg viewBox="0 0 20 28" aria-hidden="true">
      <path d="M2.500 27V10a7.500 7.500 0 0 1 15 0v17" fill="none" stroke="var(--livery)" stroke-width="2" />
      <path d="M0 27h20" stroke="var(--livery)" stroke-width="2" />
      <circle cx="13" cy="17" r="1.75" fill="var(--brass)" />
    </svg>
  )
}
