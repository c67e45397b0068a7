import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const source = join(import.meta.dirname, 'ui')
const target = join(source, 'dist')
const seal = join(target, '.sources')

/** Where the panel's files are once built; the server hands them out under /admin/. */
export const panelDir = target

/**
 * Builds the panel with Vite into `admin/ui/dist`. Sources that did not change since the last build are not built
 * again: a second start of the service waits for nothing here.
 */
export async function buildPanel(): Promise<'built' | 'unchanged'> {
  const sources = fingerprint()
  if (existsSync(seal) && readFileSync(seal, 'utf8') === sources) return 'unchanged'
  const { build } = await import('vite')
  await build({
    configFile: false,
    root: source,
    base: '/admin/',
    logLevel: 'warn',
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: target,
      emptyOutDir: true,
      target: ['chrome111', 'firefox115', 'safari16.4'],
      // The policy of the pages allows no data: address.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  })
  writeFileSync(seal, sources)
  return 'built'
}

/** Of all that shapes the outcome: the panel's files, this file, and the versions of what it is built with. */
function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of [import.meta.filename, ...files(source)]) hash.update(file).update(readFileSync(file))
  for (const name of ['preact', 'vite', 'uqr']) {
    hash.update(readFileSync(join(import.meta.dirname, '..', 'node_modules', name, 'package.json')))
  }
  return hash.digest('hex')
}

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(target))
    .sort()
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) await buildPanel()
