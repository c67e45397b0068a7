import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'vite'

const root = new URL('../../', import.meta.url).pathname

/** One way one file leans on another, or on a package. */
export type Import = {
  /** A path from the root of the repository, or a package's name. */
  to: string
  isPackage: boolean
  /** Gone at run time: it can make no circle and wake no code. */
  isTypeOnly: boolean
}

export type Source = {
  path: string
  text: string
  imports: Import[]
  /** Every name this file itself gives to something, with its line. */
  names: { name: string; line: number }[]
  readsEnvironment: boolean
  /** Lines that are neither empty nor comment. */
  linesOfCode: number
}

/** Every TypeScript file that is ours, parsed. */
export function readSources(): Source[] {
  return ownFiles('**/*.{ts,tsx}')
    .sort()
    .map((path) => parseSource(path, readFileSync(join(root, path), 'utf8')))
}

const notOurs = new Set(['node_modules', 'dist', 'data', 'coverage', '.git', '.tmp'])

/** Paths from the root of the repository, of nothing that was brought or built. */
export const ownFiles = (pattern: string): string[] =>
  globSync(pattern, { cwd: root, withFileTypes: true, exclude: (entry) => notOurs.has(entry.name) })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))

export function parseSource(path: string, text: string): Source {
  const { module, program, comments, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path}: ${errors[0].message}`)
  const source: Source = {
    path,
    text,
    imports: [],
    names: [],
    readsEnvironment: false,
    linesOfCode: linesOfCode(text, comments),
  }
  const lean = (specifier: string, isTypeOnly: boolean) =>
    source.imports.push(
      specifier.startsWith('.')
        ? {
            to: relative('', join(dirname(path), specifier.replace(/\?.*$/, ''))),
            isPackage: false,
            isTypeOnly,
          }
        : { to: packageOf(specifier), isPackage: true, isTypeOnly },
    )
  for (const { moduleRequest, entries } of module.staticImports)
    lean(moduleRequest.value, entries.length > 0 && entries.every((entry) => entry.isType))
  for (const { entries } of module.staticExports)
    for (const { moduleRequest, isType } of entries) if (moduleRequest) lean(moduleRequest.value, isType)
  walk(program, (node) => {
    if (node.type === 'ImportExpression') lean(literal(node.source) ?? 'unknown', false)
    if (node.type === 'TSImportType') lean(literal(node.source ?? node.argument) ?? 'unknown', true)
    if (node.type === 'ImportDeclaration' && literal(node.source)?.match(/^(?:node:)?process$/))
      source.readsEnvironment ||= JSON.stringify(node.specifiers).includes('"name":"env"')
    if (node.type === 'MemberExpression')
      source.readsEnvironment ||= nameOf(node.object) === 'process' && nameOf(node.property) === 'env'
    for (const named of declared(node))
      source.names.push({ name: named.name, line: text.slice(0, named.start).split('\n').length })
  })
  return source
}

const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

function linesOfCode(text: string, comments: { start: number; end: number }[]): number {
  let bare = ''
  let at = 0
  for (const { start, end } of comments) {
    bare += text.slice(at, start)
    at = end
  }
  return (bare + text.slice(at)).split('\n').filter((line) => line.trim()).length
}

type Node = { type: string; start: number } & Record<string, unknown>
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && typeof (value as Node).type === 'string'

function walk(node: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit)
  if (!isNode(node)) return
  visit(node)
  for (const value of Object.values(node)) if (typeof value === 'object') walk(value, visit)
}

const literal = (node: unknown): string | undefined => {
  if (!isNode(node)) return undefined
  if (node.type === 'TSLiteralType') return literal(node.literal)
  return typeof node.value === 'string' ? node.value : undefined
}
const nameOf = (node: unknown) =>
  isNode(node) && node.type === 'Identifier' ? (node.name as string) : undefined

/** Names that a statement gives: of variables, functions, types and parameters; not what it takes apart from others. */
function declared(node: Node): { name: string; start: number }[] {
  const given =
    node.type === 'VariableDeclarator' ||
    node.type.endsWith('Declaration') ||
    node.type === 'FunctionExpression'
      ? [node.id]
      : []
  const parameters =
    node.type.startsWith('Function') || node.type === 'ArrowFunctionExpression'
      ? (node.params as unknown[]).map((one) =>
          isNode(one) && one.type === 'AssignmentPattern' ? one.left : one,
        )
      : []
  return [...given, ...parameters].flatMap((one) => {
    const name = nameOf(one)
    return name && isNode(one) ? [{ name, start: one.start }] : []
  })
}
