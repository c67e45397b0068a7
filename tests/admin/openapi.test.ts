import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { contract, type Operation } from '../../admin/api/contract.ts'
import { en } from '../../admin/words/en.ts'
import { zhCN } from '../../admin/words/zh-CN.ts'
import { readSources } from '../support/sources.ts'
import { openPanel, type Panel } from './wing.ts'

type Described = {
  operationId: string
  summary: string
  security?: object[]
  parameters: { name: string; in: string; required: boolean }[]
  requestBody?: { content: object }
  responses: Record<string, { $ref?: string; content?: { 'application/json': { schema: object } } }>
}

describe('The description of the API', () => {
  let panel: Panel
  let document: { paths: Record<string, Record<string, Described>>; openapi: string; components: object }
  beforeAll(async () => {
    panel = await openPanel()
    document = (await panel.browser().send('GET', '/api/v1/openapi.json')).json as typeof document
  })
  afterAll(() => panel.close())

  it('is open to read and names every operation once, with what it takes, answers and refuses', () => {
    expect(document.openapi).toBe('3.1.0')
    const ids = new Set<string>()
    for (const operation of Object.keys(contract) as Operation[]) {
      const [method = '', path = ''] = operation.split(' ')
      const described = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()]
      expect(described?.summary, operation).toBe(contract[operation].summary)
      ids.add(described?.operationId ?? '')
      const names = [...path.matchAll(/:(\w+)/g)].map(([, name]) => name)
      const told = described?.parameters.filter((one) => one.in === 'path').map(({ name }) => name)
      expect(told, operation).toEqual(names)
      expect(Boolean(described?.requestBody), operation).toBe('body' in contract[operation])
      const good = described?.responses['200'] ?? described?.responses['201']
      expect(good?.content?.['application/json'].schema, operation).toHaveProperty('type', 'object')
      expect(described?.responses, operation).toHaveProperty('500')
    }
    expect(ids.size).toBe(Object.keys(contract).length)
  })

  it('refers to nothing that is not in it', () => {
    for (const [, ref = ''] of JSON.stringify(document).matchAll(/"\$ref":"([^"]*)"/g)) {
      expect(ref.startsWith('#/'), ref).toBe(true)
      const target = ref
        .slice(2)
        .split('/')
        .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document)
      expect(target, ref).toBeDefined()
    }
  })
})

describe('The words of refusals', () => {
  it('are there in both languages', () => {
    expect(Object.keys(zhCN.errors).sort()).toEqual(Object.keys(en.errors).sort())
    for (const text of Object.values(zhCN.errors)) expect(text).toMatch(/\p{Script=Han}/u)
    expect(Object.keys(zhCN.field)).toEqual(Object.keys(en.field))
  })

  it('are there for every refusal that the sources can say', () => {
    const said = readSources()
      .filter(
        ({ path }) =>
          /^(?:db|admin)\//.test(path) &&
          !/^admin\/(?:ui|words|commands)|^db\/(?:demo|backup|restore)/.test(path),
      )
      .flatMap(({ text }) => [
        ...[...text.matchAll(/new DomainError\('([a-z-]+\.[a-z-]+)'/g)].map(([, code]) => code),
        ...[...text.matchAll(/notFound\('([a-z-]+)'\)/g)].map(([, noun]) => `${noun}.not-found`),
        ...[...text.matchAll(/notAllowed\('([a-z-]+)'\)/g)].map(([, noun]) => `${noun}.not-allowed`),
        ...[...text.matchAll(/invalid\('([a-z-]+)', '([a-z-]+)'\)/g)].map(
          ([, noun, what]) => `${noun}.invalid-${what}`,
        ),
      ])
    expect(said.length).toBeGreaterThan(30)
    // Said to guests by the portal in its own words, never by the API.
    const ofThePortal = /^(?:arrival|code|grant|phone)\./
    const missing = new Set(said.filter((code) => code && !(code in en.errors) && !ofThePortal.test(code)))
    expect([...missing]).toEqual([])
  })
})

describe('The panel’s pages', () => {
  it('come with a policy that lets no foreign word in, or say how to build them', async () => {
    const panel = await openPanel()
    const page = await panel.admin.app.request('https://wifi.example.com/admin/guests/gst_1?q=x')
    const isBuilt = existsSync(new URL('../../admin/ui/dist/index.html', import.meta.url))
    const text = await page.text()
    if (isBuilt) {
      expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'self';/)
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=/)
      const asset = /(?:src|href)="(\/admin\/assets\/[^"]+)"/.exec(text)?.[1] ?? ''
      const file = await panel.admin.app.request(`https://wifi.example.com${asset}`)
      expect(file.headers.get('cache-control')).toContain('immutable')
    } else expect(text).toContain('npm run build')
    const outside = await panel.admin.app.request(
      'https://wifi.example.com/admin/..%2f..%2f..%2fpackage.json',
    )
    expect(await outside.text()).not.toContain('"doorman"')
    await panel.close()
  })
})
