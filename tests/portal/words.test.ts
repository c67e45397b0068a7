import { describe, expect, test } from 'vitest'
import { codeText, segmentsOf } from '../../portal/login/sms-text.ts'
import { chooseLocale, languages, locales, wordsOf } from '../../portal/splash/words/index.ts'

const keysOf = (words: object, path = ''): string[] =>
  Object.entries(words).flatMap(([key, value]) =>
    value !== null && typeof value === 'object'
      ? keysOf(value, `${path}${key}.`)
      : [`${path}${key}:${typeof value}`],
  )

describe('the words of the guest’s pages', () => {
  test.each(locales)('%s says everything English says', (locale) => {
    expect(keysOf(languages[locale])).toEqual(keysOf(languages.en))
  })

  test('a phone gets its own language, English where we have none, the site’s where it says nothing', () => {
    expect(chooseLocale('zh-HK,en;q=0.5', 'en')).toBe('zh-CN')
    expect(chooseLocale('fr,de;q=0.9', 'zh-CN')).toBe('en')
    expect(chooseLocale('fr,zh;q=0.1', 'en')).toBe('zh-CN')
    expect(chooseLocale(undefined, 'zh-CN')).toBe('zh-CN')
    expect(chooseLocale('*', 'zh-CN')).toBe('zh-CN')
    expect(chooseLocale(';;;,,q=', 'zh-CN')).toBe('en')
  })
})

describe('the text of a code', () => {
  const names = [
    'Qinglan',
    'Qinglan 青岚',
    '青岚茶馆南京路步行街旗舰店',
    'A@B #1',
    '',
    'Café Ångström “Größe”',
    'x'.repeat(80),
    '🍵',
  ]
  const hosts = [
    'https://wifi.example.com',
    'https://a-rather-long-name.of-a-portal.example.com',
    'http://192.168.1.5:8080',
    undefined,
  ]

  test('is one segment and ends with the line a phone fills in from, over https only', () => {
    for (const locale of locales)
      for (const name of names)
        for (const host of hosts) {
          const { text, segments } = codeText(wordsOf(locale), name, '012345', host)
          const where = `${locale} ${name} ${host}`
          expect(segments, where).toBe(1)
          expect(segmentsOf(text), where).toBe(1)
          expect(text).toContain('012345')
          const last = text.split('\n').at(-1) ?? ''
          // https://wicg.github.io/sms-one-time-codes/#parsing
          if (host?.startsWith('https:')) expect(last).toMatch(/^@[a-z0-9.-]+ #012345$/)
          else expect(text).not.toContain('#012345')
        }
  })

  test('segments are counted as the network counts them', () => {
    expect(segmentsOf('a'.repeat(160))).toBe(1)
    expect(segmentsOf('a'.repeat(161))).toBe(2)
    expect(segmentsOf('€'.repeat(81))).toBe(2)
    expect(segmentsOf('茶'.repeat(70))).toBe(1)
    expect(segmentsOf('茶'.repeat(71))).toBe(2)
  })
})
