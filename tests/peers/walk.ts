import { randomBytes } from 'node:crypto'

/** What CoovaChilli hangs on the address it sends a phone to. */
export const uamRedirect = (mac: string) =>
  new URLSearchParams({
    res: 'notyet',
    uamip: '10.1.0.1',
    uamport: '3990',
    challenge: randomBytes(16).toString('hex'),
    called: '00-11-22-33-44-55',
    mac,
    ip: '10.1.0.20',
    nasid: 'nas01',
    sessionid: '5e6792ce00000006',
    userurl: 'http://example.com/',
  })

/** Posts the first form of a page as a browser would and follows to the page that comes of it. */
export async function submit(html: string, url: string, typed: Record<string, string>) {
  const field = Object.keys(typed)[0] as string
  const form =
    [...html.matchAll(/<form[^>]*>[\s\S]*?<\/form>/g)]
      .map(([text]) => text)
      .find((text) => text.includes(`name="${field}"`)) ?? ''
  const hidden = [...form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)].map(
    ([tag]) =>
      [
        tag.match(/name="([^"]*)"/)?.[1] ?? '',
        (tag.match(/value="([^"]*)"/)?.[1] ?? '').replaceAll('&amp;', '&'),
      ] as [string, string],
  )
  const action = (form.match(/action="([^"]*)"/)?.[1] ?? '').replaceAll('&amp;', '&')
  const answer = await fetch(new URL(action, url), {
    method: 'POST',
    body: new URLSearchParams([...hidden, ...Object.entries(typed)]),
    redirect: 'manual',
  })
  const location = answer.headers.get('location')
  if (!location || new URL(location, url).origin !== new URL(url).origin)
    return { html: (await answer.text()).replaceAll('&amp;', '&'), url, location }
  const next = await fetch(new URL(location, url), { redirect: 'manual' })
  const away = next.headers.get('location')
  return {
    html: (await next.text()).replaceAll('&amp;', '&'),
    url: new URL(location, url).href,
    location: away,
  }
}

/** Walks a phone of the shop `tea` through splash and code page; gives what its gateway would send us by RADIUS. */
export async function signInByPhone(base: string, apiKey: string, phone: string, mac: string) {
  const splash = await fetch(`${base}/s/tea?${uamRedirect(mac)}`)
  const code = await submit(await splash.text(), splash.url, { phone, terms: 'on' })
  const until = Date.now() + 5000
  let digits: string | undefined
  while (!digits && Date.now() < until) {
    const answer = await fetch(`${base}/api/v1/outbox?to=${encodeURIComponent(phone)}`, {
      headers: { authorization: `Bearer ${apiKey}` },
    })
    const { items } = (await answer.json()) as { items: { text: string }[] }
    digits = items[0]?.text.match(/\b\d{6}\b/)?.[0]
  }
  const release = await submit(code.html, code.url, { code: digits ?? '' })
  const userName = (release.location ?? release.html).match(/username=(g-[0-9a-z]+)/)?.[1]
  if (!userName) throw new Error('the release page names no credential')
  const request = {
    'User-Name': userName,
    'NAS-Identifier': 'nas01',
    'Calling-Station-Id': mac,
    'Service-Type': 'Login-User',
  }
  return { userName, request }
}
