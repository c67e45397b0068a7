import type { JSX } from 'preact'

/** One set of 16 px stroke icons. Each stands beside a word, so none is announced. */
const paths = {
  down: 'M4 6.5l4 4 4-4',
  back: 'M10 3.5L5.5 8l4.5 4.5',
  forward: 'M6 3.5l4.5 4.5L6 12.5',
  tick: 'M3 8.5l3.5 3.5L13 4.5',
  clock: 'M8 2.5A5.5 5.5 0 1 1 2.5 8M8 5v3.2l2 1.3',
  circle: 'M13.5 8a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0',
  alert: 'M14.5 8a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0M8 4.5v4M8 11v.1',
  download: 'M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
} as const

export function Icon({
  name,
  tone,
}: {
  name: keyof typeof paths
  tone?: 'ok' | 'warn' | 'flip'
}): JSX.Element {
  return (
    <svg class={tone ? `i ${tone}` : 'i'} viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}

const emblems = {
  online: { d: 'M15 25l6.5 6.5L34 17.5', tone: 'ok' },
  refused: { d: 'M14 24h20', tone: 'q' },
} as const

/** The 48 px mark over a final word. */
export function Emblem({ name }: { name: keyof typeof emblems }): JSX.Element {
  return (
    <svg
      class={emblems[name].tone}
      width="48"
      height="48"
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <circle cx="24" cy="24" r="22" />
      <path d={emblems[name].d} />
    </svg>
  )
}

/** The drawing beside an offer. */
export function Cup(): JSX.Element {
  return (
    <svg
      viewBox="0 0 72 56"
      fill="none"
      stroke="currentColor"
      stroke-width="1.3"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d="M14 24h36c0 12-6 20-18 20S14 36 14 24zM24 48h16M50 27c6-2 10 1 9 5-1 5-6 7-11 6M8 52h48" />
      <path d="M26 18c-4-5 3-7 0-12M36 18c-4-5 3-7 0-12" stroke-width="1" />
      <path d="M40 28c0 6-2 10-5 12M44 28c0 5-1 8-3 10" stroke-width=".8" />
    </svg>
  )
}
