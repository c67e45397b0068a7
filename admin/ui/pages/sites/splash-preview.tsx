import { useNow } from '../../ask.ts'
import { useFormat } from '../../format.ts'
import { type Locale, useLocale } from '../../locale.ts'
import { useWords } from '../../words/index.ts'

/**
 * The portal's own page in an inert, scaled frame, never a second drawing of it. `change` is any text that changes
 * with what the page shows, so that it is loaded anew.
 */
export function SplashPreview(props: { slug: string; siteName: string; locale?: Locale; change?: string }) {
  const { splash: w } = useWords().sites
  const own = useLocale()
  const format = useFormat()
  const now = useNow(30_000)
  const locale = props.locale ?? own
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing of a phone is no fieldset
    <div class="phone" role="group" aria-label={w.preview(props.siteName)}>
      <div class="scr">
        <div class="st" aria-hidden="true">
          <span>{format.time(now)}</span>
          <svg viewBox="0 0 40 12" aria-hidden="true">
            <path d="M0 9h2v3H0zM4 6h2v6H4zM8 3h2v9H8zM12 0h2v12h-2zM20 2h16v8H20zM37 4h2v4h-2z" />
          </svg>
        </div>
        <div class="fit" inert>
          <iframe
            key={`${props.slug} ${locale} ${props.change}`}
            src={`/s/${encodeURIComponent(props.slug)}/preview?lang=${locale}`}
            title={w.preview(props.siteName)}
            tabIndex={-1}
            sandbox=""
          />
        </div>
      </div>
    </div>
  )
}
