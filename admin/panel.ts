import { readFile } from 'node:fs/promises'
import { extname, join, normalize } from 'node:path'
import type { Context, Hono } from 'hono'

/** Nothing but our own files; no script or style in a page; never framed. */
export const panelPolicy =
  "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; frame-ancestors 'none'"

const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
}

/** The built panel under /admin/: its files, and for every other path the page that draws it. */
export function mountPanel(app: Hono, folder: string) {
  app.get('/admin', (c) => c.redirect('/admin/', 302))
  app.get('/admin/*', async (c) => {
    const path = c.req.path.slice('/admin/'.length)
    const kind = kinds[extname(path)]
    const file = kind && path !== 'index.html' ? await fileAt(folder, path) : undefined
    if (kind && file) {
      // What Vite names by its content never changes under that name.
      const isHashed = path.startsWith('assets/')
      return send(c, file, kind, isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    }
    if (path.startsWith('assets/')) return c.text('There is no such file.\n', 404)
    const page = await fileAt(folder, 'index.html')
    if (page) return send(c, page, kinds['.html'] ?? '', 'no-cache')
    return c.text(
      'The panel is not built yet. Run: npm run build\n面板尚未构建，请运行：npm run build\n',
      503,
    )
  })
}

function send(c: Context, content: Uint8Array<ArrayBuffer>, kind: string, cache: string): Response {
  return c.body(content, 200, {
    'content-type': kind,
    'cache-control': cache,
    'content-security-policy': panelPolicy,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    // A profile's address is nobody else's business.
    'referrer-policy': 'same-origin',
  })
}

async function fileAt(folder: string, path: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const file = normalize(join(folder, path))
  if (!file.startsWith(`${normalize(folder)}/`) || file.includes('\0')) return undefined
  return readFile(file).then(
    (content) => new Uint8Array(content),
    () => undefined,
  )
}
