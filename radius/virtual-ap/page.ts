/** What a browser sees of one of our pages: enough to fill in its forms and follow its links. */
export type Page = {
  url: string
  status: number
  /** `data-step` of the body. */
  step: string
  forms: Form[]
  /** Where `<a id="release">` leads, or what `<form id="release">` carries. */
  release: { href: string } | Form | undefined
  /** Words of the heading and of what has gone wrong, for a person to read. */
  words: string
  retryAfterSeconds: number | undefined
}
export type Form = { id: string; action: string; method: string; fields: Field[] }
export type Field = { name: string; type: string; value: string; isSet: boolean }

type Tag = { name: string; closes: boolean; attributes: Record<string, string>; at: number; end: number }

export function readPage(url: string, status: number, html: string, retryAfter: string | null): Page {
  const text = html.replace(/<!--[\s\S]*?-->|<(script|style|svg)\b[\s\S]*?<\/\1>/gi, '')
  const tags = tagsOf(text)
  const forms = formsOf(tags, url)
  const link = tags.find((tag) => tag.name === 'a' && tag.attributes.id === 'release')
  const href = link?.attributes.href
  return {
    url,
    status,
    step: tags.find((tag) => tag.name === 'body')?.attributes['data-step'] ?? '',
    forms,
    release: href ? { href: new URL(href, url).href } : forms.find((form) => form.id === 'release'),
    words: [textOf(tags, text, (tag) => tag.name === 'h1'), textOf(tags, text, isAlert)]
      .filter(Boolean)
      .join(': '),
    retryAfterSeconds: retryAfter && /^[0-9]+$/.test(retryAfter) ? Number(retryAfter) : undefined,
  }
}

/** What a form sends: what is in it, with `typed` over it. A box that is ticked sends the value the page gave it. */
export function filled(form: Form, typed: Record<string, string | true>): URLSearchParams {
  const body = new URLSearchParams()
  for (const { name, value, isSet } of form.fields) {
    const given = typed[name]
    if (given !== undefined) body.set(name, given === true ? value : given)
    else if (isSet) body.set(name, value)
  }
  return body
}

export const hasField = (form: Form, name: string) => form.fields.some((field) => field.name === name)

const isAlert = (tag: Tag) => tag.attributes.role === 'alert'

function tagsOf(html: string): Tag[] {
  const found: Tag[] = []
  const pattern =
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=]+))?)*)\s*\/?>/gi
  for (const match of html.matchAll(pattern)) {
    const attributes: Record<string, string> = {}
    for (const [, name = '', quoted, single, bare] of (match[3] ?? '').matchAll(
      /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=]+)))?/g,
    ))
      attributes[name.toLowerCase()] = plain(quoted ?? single ?? bare ?? '')
    const at = match.index
    found.push({
      name: (match[2] ?? '').toLowerCase(),
      closes: match[1] === '/',
      attributes,
      at,
      end: at + match[0].length,
    })
  }
  return found
}

/** Fields belong to the form around them, or to the one their `form` attribute names. */
function formsOf(tags: Tag[], url: string): Form[] {
  const forms: Form[] = []
  let around: Form | undefined
  let choice: Field | undefined
  for (const { name, closes, attributes } of tags) {
    if (name === 'form') {
      around = closes ? undefined : formOf(attributes, url)
      if (around) forms.push(around)
    }
    if (name === 'select' && closes) choice = undefined
    const form = attributes.form ? forms.find((one) => one.id === attributes.form) : around
    if (closes || !form) continue
    if (name === 'input' && attributes.name) form.fields.push(inputOf(attributes.name, attributes))
    if (name === 'select' && attributes.name) {
      choice = { name: attributes.name, type: 'select', value: '', isSet: false }
      form.fields.push(choice)
    }
    if (name === 'option' && choice && (!choice.isSet || 'selected' in attributes))
      Object.assign(choice, { value: attributes.value ?? '', isSet: true })
  }
  return forms
}

const formOf = (attributes: Record<string, string>, url: string): Form => ({
  id: attributes.id ?? '',
  action: new URL(attributes.action ?? '', url).href,
  method: (attributes.method ?? 'get').toLowerCase(),
  fields: [],
})

function inputOf(name: string, attributes: Record<string, string>): Field {
  const type = attributes.type ?? 'text'
  const isBox = type === 'checkbox' || type === 'radio'
  return {
    name,
    type,
    value: attributes.value ?? (isBox ? 'on' : ''),
    isSet: isBox ? 'checked' in attributes : type !== 'submit',
  }
}

/** Words inside the first element that fits. */
function textOf(tags: Tag[], html: string, fits: (tag: Tag) => boolean): string {
  const from = tags.findIndex((tag) => !tag.closes && fits(tag))
  const opening = tags[from]
  if (!opening) return ''
  const closing = tags.slice(from).find((tag) => tag.closes && tag.name === opening.name)
  const inside = html.slice(opening.end, closing?.at ?? opening.end)
  return plain(inside.replace(/<[^>]*>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim()
}

const names: Record<string, string> = { lt: '<', gt: '>', quot: '"', amp: '&', apos: "'" }

const plain = (text: string) =>
  text.replace(/&(?:#([0-9]+)|#x([0-9a-f]+)|([a-z]+));/gi, (all, decimal, hex, name) =>
    decimal || hex
      ? String.fromCodePoint(Number.parseInt(decimal ?? hex, decimal ? 10 : 16))
      : (names[name] ?? all),
  )
