import { createHash } from 'node:crypto'
import type { ComponentChildren, JSX } from 'preact'
import { renderToString } from 'preact-render-to-string'
import { minifyCss, readText } from './files.ts'
import { Icon } from './icons.tsx'
import type { Look } from './looks/looks.ts'
import { type Locale, languages, locales, type Words } from './words/index.ts'

export type Step = 'splash' | 'code' | 'release' | 'online' | 'refused' | 'my-data' | 'terms'

/** What every page needs to know of the place it is shown for. */
export type Frame = {
  locale: Locale
  words: Words
  look: Look
  brand: string
  subtitle?: string | undefined
  /** /s/:siteSlug */
  base: string
  /** The opaque id of the arrival and what its window has proved; absent on a page without an arrival. */
  arrival?: string | undefined
  /** Where 'Privacy' leads. */
  terms: string
  /** Where 'My data' leads. */
  myData: string
}

type PageProps = {
  frame: Frame
  step: Step
  title: string
  /** Id of the form whose typed values the language switch must carry along; its own form where there is none. */
  typedIn?: string
  /** Where the language switch posts to. */
  languageAction?: string
  withSubtitle?: boolean
  hero?: boolean
  /** Goes on without script. */
  refresh?: { afterSeconds: number; to: string }
  script?: keyof typeof scripts
  footer?: ComponentChildren
  children: ComponentChildren
}

const baseCss = minifyCss(readText('css/base.css'))
const splashCss = minifyCss(readText('css/splash.css'))
const stepsCss = minifyCss(readText('css/steps.css'))

/** Comfort only: every page works the same without them. */
const scripts = {
  code: `(function(){var c=document.getElementById('code'),f=c.form,r=document.getElementById('again'),s=r?+r.getAttribute('data-s'):0;c.addEventListener('input',function(){var v=c.value.replace(/\\D/g,'').slice(0,6);if(v!==c.value)c.value=v;if(v.length===6)f.requestSubmit?f.requestSubmit(f.querySelector('.btn')):f.submit()});if(c.value)c.select();if(!r)return;var m=r.nextElementSibling;(function k(){if(s<1){m.textContent='';r.hidden=false;return}r.hidden=true;m.textContent=m.getAttribute('data-in')+Math.floor(s/60)+':'+('0'+s%60).slice(-2);s--;setTimeout(k,1000)})()})()`,
  release: `(function(){var a=document.getElementById('release'),m=document.querySelector('main');setTimeout(function(){a.tagName==='FORM'?a.submit():location.href=a.href},+m.getAttribute('data-go')*1000);var s=m.getAttribute('data-slow');if(s)setTimeout(function(){location.replace(s)},+m.getAttribute('data-go')*1000+10000)})()`,
}

/** One HTML response: no foreign host, no style attribute, nothing that needs script, cookies or storage. */
export function Page(props: PageProps): JSX.Element {
  const { frame, step, hero = false } = props
  const { words, look } = frame
  return (
    <html
      lang={words.lang}
      dir="ltr"
      data-look={look.name}
      data-hero={hero ? look.hero : 'none'}
      data-align={look.align}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover" />
        <meta name="format-detection" content="telephone=no" />
        <title>{props.title}</title>
        <link rel="icon" href="data:," />
        <style dangerouslySetInnerHTML={{ __html: baseCss + (hero ? splashCss : stepsCss) }} />
        <style dangerouslySetInnerHTML={{ __html: look.css }} />
        {props.refresh && (
          <noscript>
            <meta http-equiv="refresh" content={`${props.refresh.afterSeconds};url=${props.refresh.to}`} />
          </noscript>
        )}
      </head>
      <body data-step={step}>
        <div class="page">
          <header class="brand">
            <Raw svg={look.logoSvg} />
            <p class="name">
              {frame.brand}
              {props.withSubtitle && frame.subtitle && <small>{frame.subtitle}</small>}
            </p>
            <LanguageSwitch {...props} />
          </header>
          {props.children}
          <footer>
            <ul>{props.footer ?? <FooterLinks frame={frame} />}</ul>
          </footer>
        </div>
        {props.script && <script dangerouslySetInnerHTML={{ __html: scripts[props.script] }} />}
      </body>
    </html>
  )
}

/** Buttons, not links: what is typed goes along in the form, never in the address. */
function LanguageSwitch({ frame, typedIn, languageAction }: PageProps): JSX.Element {
  const form = typedIn ?? 'language'
  const action = languageAction ?? `${frame.base}/language`
  return (
    <nav class="lang" aria-label={frame.words.language}>
      {typedIn && <EnterKey form={typedIn} />}
      {!typedIn && (
        <form id="language" method="post" action={action} hidden>
          <ArrivalField frame={frame} />
        </form>
      )}
      {locales
        .filter((locale) => locale !== frame.locale)
        .map((locale) => (
          <button
            type="submit"
            form={form}
            formaction={action}
            formnovalidate
            name="lang"
            value={locale}
            lang={languages[locale].lang}
          >
            {languages[locale].ownName}
          </button>
        ))}
    </nav>
  )
}

/**
 * Enter, and Go on a phone's keyboard, press the first button of a form in the order of the page: without this one that
 * would be the language. Drawn, though out of sight: Safari passes over a button that is not rendered.
 */
const EnterKey = ({ form }: { form: string }) => (
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: no key and no reader reaches it, tabindex is -1
  <button type="submit" form={form} class="vh" tabindex={-1} aria-hidden="true" />
)

export function FooterLinks({ frame }: { frame: Frame }): JSX.Element {
  return (
    <>
      <li>
        <a href={frame.terms}>{frame.words.privacy}</a>
      </li>
      <li>
        <a href={frame.myData}>{frame.words.myDataLink}</a>
      </li>
    </>
  )
}

/** Back to the guest's own step. */
export const Back = ({ frame, href }: { frame: Frame; href: string | undefined }) =>
  href ? (
    <div class="back">
      <a href={href}>
        <Icon name="back" tone="flip" />
        {frame.words.back}
      </a>
    </div>
  ) : null

/** Names the arrival in a form; without it a posted form does nothing. */
export const ArrivalField = ({ frame }: { frame: Frame }) =>
  frame.arrival ? <input type="hidden" name="arrival" value={frame.arrival} /> : null

export const Raw = ({ svg, of }: { svg: string; of?: string }) =>
  of ? <div class={of} dangerouslySetInnerHTML={{ __html: svg }} /> : <RawLogo svg={svg} />

const RawLogo = ({ svg }: { svg: string }) => <span class="mark0" dangerouslySetInnerHTML={{ __html: svg }} />

const hashes = new Map<string, string>()

/** The page as bytes and the policy that lets in exactly its own styles and script. */
export function renderPage(page: JSX.Element): { html: string; policy: string } {
  const html = `<!doctype html>${renderToString(page)}`
  const sources = (tag: 'style' | 'script') =>
    [...html.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))]
      .map(([, text]) => hashOf(text ?? ''))
      .join(' ') || "'none'"
  const policy = [
    "default-src 'none'",
    `style-src ${sources('style')}`,
    `script-src ${sources('script')}`,
    "img-src 'self' data:",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
  return { html, policy }
}

/** Only texts of our own are hashed, so the map stays as small as the number of styles and scripts. */
function hashOf(text: string): string {
  let hash = hashes.get(text)
  if (!hash) {
    hash = `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    hashes.set(text, hash)
  }
  return hash
}
