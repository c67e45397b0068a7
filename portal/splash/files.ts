import { readFileSync } from 'node:fs'

/** A file of this folder, read once at start. */
export const readText = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8').trim()

/** Takes out what only a person needs. Keeps the spaces that CSS needs: around + and - in calc(), between selectors. */
export function minifyCss(css: string): string {
  return css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,>]) ?/g, '$1')
    .replace(/: /g, ':')
    .replace(/ \/ /g, '/')
    .replace(/;}/g, '}')
    .trim()
}
