import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useWords } from '../../words/index.ts'

/** Asks for the next page a screen before its end is reached. */
export function Scroll(props: { more: () => Promise<void>; hasMore: boolean; children: ComponentChildren }) {
  const { guests: w } = useWords()
  const end = useRef<HTMLDivElement>(null)
  const more = useRef(props.more)
  more.current = props.more
  useEffect(() => {
    if (!end.current || !props.hasMore) return
    const seen = new IntersectionObserver(([entry]) => entry?.isIntersecting && more.current(), {
      rootMargin: '600px',
    })
    seen.observe(end.current)
    return () => seen.disconnect()
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex lint/a11y/useSemanticElements: the list scrolls, also by keyboard
    <div class="scroll" tabIndex={0} role="region" aria-label={w.table}>
      {props.children}
      {props.hasMore && (
        <div ref={end} class="load">
          <button type="button" class="act" onClick={() => props.more()}>
            {w.loadMore}
          </button>
        </div>
      )}
    </div>
  )
}
