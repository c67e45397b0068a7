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
