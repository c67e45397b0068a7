import { globSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Every folder of words holds each language once: `words/en.ts` beside `words/zh-CN.ts`, or `words/en/guests.ts`
 * beside `words/zh-CN/guests.ts`.
 */
const languages = ['en', 'zh-CN']

/** What stays as it is in a Chinese sentence: names, units, things one types. */
const sameInChinese =
  /\b(?:Doorman|Wi-?Fi|RADIUS|openNDS|CoovaChilli|MikroTik|UAM|FAS|NAS(?:-Identifier)?|MAC|IP|CoA|SSID|URL|HTTPS?|API|JSON|CSV|SMS|QR|TOTP|PAP|CHAP|UTC|VLAN|DNS|NTP|PIN|ID|OK|Twilio|PostgreSQL|Enter|Esc|Tab|Ctrl|Shift|Cmd|Mbit\/s|kbit\/s|STOP|English|Markdown|Webhook|Bearer|en|zh|x{2,})\b/gi

/** A language names itself in its own letters and tag, whatever language the page is in. */
const ownNames = /^(?:.*\.)?(?:lang|ownName|languageNames?\..*|languages?\..*)$/

type Leaf = { path: string; value: unknown }

const leavesOf = (value: unknown, path = ''): Leaf[] =>
  value !== null && typeof value === 'object'
    ? Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, path ? `${path}.${key}` : key))
    : [{ path, value }]

/** What a leaf says. A sentence with gaps is filled with each of a few things that fit some gap. */
function said({ value }: Leaf): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'function') return []
  const fillings: unknown[] = [0, 1, 3, '7', { count: 3, total: 4, name: '7' }]
  return fillings.flatMap((filling) => {
    try {
      const text: unknown = value(filling, filling, filling, filling, filling)
      return typeof text === 'string' && !/undefined|NaN|\[object/.test(text) ? [text] : []
    } catch {
      return []
    }
  })
}

const files = globSync('{portal,admin}/**/words/**/*.{ts,tsx}').filter(
  // English needs a rule for plurals, Chinese none: grammar is not words.
  (path) => !/node_modules|dist|\/plural\.ts$/.test(path),
)
/** `admin/ui/words/en/guests.ts` and `portal/splash/words/en.ts` → the same with the language left open. */
const opened = files.flatMap((path) => {
  const language = languages.find(
    (one) => path.includes(`/words/${one}/`) || path.includes(`/words/${one}.ts`),
  )
  return language ? [{ path, language, open: path.replace(`/words/${language}`, '/words/*') }] : []
})
const sets = Map.groupBy(opened, ({ open }) => open)

/** The words of one file: its exports, the name of the language taken off `zhCN` and `en`. */
async function wordsIn(path: string): Promise<Leaf[]> {
  const exported = Object.entries((await import(/* @vite-ignore */ `../${path}`)) as Record<string, unknown>)
  return exported.flatMap(([name, value]) =>
    leavesOf(value, /^(?:en|zhCN)$/.test(name) ? '' : name).filter(({ path: leaf }) => leaf !== ''),
  )
}

describe('every word is there in every language', () => {
  it('in as many files', () => {
    expect(sets.size).toBeGreaterThan(0)
    const lonely = [...sets].filter(([, of]) => of.length !== languages.length)
    expect(lonely.map(([open, of]) => `${open} only in ${of.map(({ language }) => language)}`)).toEqual([])
  })

  it.each([...sets.keys()])('%s', async (open) => {
    const of = sets.get(open) ?? []
    const leaves = new Map(
      await Promise.all(of.map(async ({ path, language }) => [language, await wordsIn(path)] as const)),
    )
    const shape = (language: string) =>
      (leaves.get(language) ?? []).map(({ path, value }) => `${path}: ${typeof value}`).sort()
    for (const language of languages)
      expect(shape(language), `${dirname(open)} ${language}`).toEqual(shape('en'))
    for (const [language, all] of leaves) {
      const where = (leaf: Leaf, text: string) => `${language}/${basename(open)} ${leaf.path}: ${text}`
      const wrong = all.flatMap((leaf) =>
        said(leaf)
          .filter((text) => !ownNames.test(leaf.path) && isWrong(language, text))
          .map((text) => where(leaf, text)),
      )
      const empty = all.filter(({ value }) => value === '' || value === null || value === undefined)
      expect([...wrong, ...empty.map((leaf) => where(leaf, 'is empty'))]).toEqual([])
    }
  })
})

/** Chinese left in English, or English left in Chinese. */
function isWrong(language: string, text: string): boolean {
  const hasChinese = /\p{Script=Han}/u.test(text)
  if (language === 'en') return hasChinese || /[，。、；：？！（）「」]/.test(text)
  return !hasChinese && /[a-z]{2}/i.test(text.replace(sameInChinese, ''))
}

describe('this proof', () => {
  it('sees a language left in another, and lets names stand', () => {
    expect(isWrong('en', 'Phone 手机')).toBe(true)
    expect(isWrong('zh-CN', 'Phone')).toBe(true)
    expect(isWrong('zh-CN', '手机 phone')).toBe(false)
    expect(isWrong('zh-CN', 'RADIUS')).toBe(false)
    expect(said({ path: 'a', value: (n: number) => `${n} guests` })).toContain('3 guests')
  })
})
