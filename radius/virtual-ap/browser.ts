import { type Form, filled, type Page, readPage } from './page.ts'

/** A phone's login window: no cookie, no script, no storage. It knows the page it is on and nothing else. */
export class Browser {
  readonly #headers: Record<string, string>

  constructor(language: string) {
    this.#headers = {
      'accept-language': language,
      'user-agent': 'CaptiveNetworkSupport-466 wispr',
      accept: 'text/html,*/*',
    }
  }

  open(url: string): Promise<Page> {
    return this.#ask(url, {})
  }

  submit(form: Form, typed: Record<string, string | true> = {}): Promise<Page> {
    const body = filled(form, typed)
    if (form.method !== 'post') return this.open(`${form.action}?${body}`)
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    return this.#ask(form.action, { method: 'POST', headers, body: body.toString() })
  }

  /** Follows our own redirects as a browser does: after a form always by GET. */
  async #ask(url: string, init: RequestInit): Promise<Page> {
    let answer = await this.#once(url, init)
    let at = url
    for (let hops = 0; hops < 5; hops++) {
      const to = answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
      if (!to) break
      await answer.arrayBuffer()
      at = new URL(to, at).href
      answer = await this.#once(at, {})
    }
    return readPage(at, answer.status, await answer.text(), answer.headers.get('retry-after'))
  }

  #once(url: string, init: RequestInit): Promise<Response> {
    return fetch(url, {
      ...init,
      headers: { ...this.#headers, ...init.headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(30_000),
    })
  }
}
