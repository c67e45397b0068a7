import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto'
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { join, resolve } from 'node:path'
import { z } from 'zod'

const port = z.coerce.number().int().min(1).max(65535)
const url = (protocols: RegExp) =>
  z.string().refine((text) => URL.canParse(text) && protocols.test(new URL(text).protocol))

const origin = url(/^https?:$/).refine((text) => new URL(text).pathname === '/' && !/[?#]/.test(text))

type Entry = { doc: string; schema: z.ZodType; default?: string; secret?: true }
const entry = <T extends z.ZodType>(
  doc: string,
  schema: T,
  more: { default?: string; secret?: true } = {},
) => ({
  doc,
  schema,
  ...more,
})

/** Every variable there is. All optional; an entry marked secret may also be given as a file, by NAME_FILE. */
export const entries = {
  PORT: entry('TCP port of the portal, the panel and the API, 1 to 65535', port, { default: '8080' }),
  HOST: entry('Address to listen on', z.string().min(1), { default: '0.0.0.0' }),
  PUBLIC_URL: entry(
    'How browsers reach this service, an http(s) address without a path; unset: http://<this host>:PORT',
    origin,
  ),
  DATA_DIR: entry('Folder of the embedded database and of what must be kept', z.string().min(1), {
    default: './data',
  }),
  DATABASE_URL: entry(
    'A PostgreSQL 15 or newer, postgres://…; unset: the embedded one',
    url(/^postgres(ql)?:$/),
    { secret: true },
  ),
  RADIUS_AUTH_PORT: entry('UDP port for authentication', port, { default: '1812' }),
  RADIUS_ACCT_PORT: entry('UDP port for accounting', port, { default: '1813' }),
  RADSEC_PORT: entry('TCP port for RADIUS over TLS (RadSec), usually 2083; unset: off', port),
  RADSEC_CERT_FILE: entry('File with the certificate of this server, PEM', z.string().min(1)),
  RADSEC_KEY_FILE: entry('File with its private key, PEM, without a passphrase', z.string().min(1)),
  RADSEC_CA_FILE: entry(
    'File with the authority that signs the certificates of gateways, PEM; best one of your own',
    z.string().min(1),
  ),
  RADIUS_SECRET_MIN: entry(
    'Shortest shared secret allowed, 1 to 64 characters',
    z.coerce.number().int().min(1).max(64),
    { default: '8' },
  ),
  SECRET_KEY: entry(
    'Key of all sealed data, 64 hexadecimal digits or any 32 characters and more; unset: made once in DATA_DIR',
    z.string().min(32),
    { secret: true },
  ),
  ROLE: entry(
    'What this process does: all, portal, radius, admin or worker',
    z.enum(['all', 'portal', 'radius', 'admin', 'worker']),
    { default: 'all' },
  ),
  LOG_LEVEL: entry(
    'fatal, error, warn, info, debug or trace',
    z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    { default: 'info' },
  ),
  MESSENGER: entry(
    'Who carries text messages: outbox, twilio or webhook',
    z.enum(['outbox', 'twilio', 'webhook']),
    { default: 'outbox' },
  ),
  TWILIO_ACCOUNT_SID: entry('Twilio account, AC…', z.string().min(1)),
  TWILIO_AUTH_TOKEN: entry('Twilio auth token; also verifies its callbacks', z.string().min(1), {
    secret: true,
  }),
  TWILIO_FROM: entry('Sender: a number in E.164, or a messaging service MG…', z.string().min(1)),
  TWILIO_API_BASE: entry('Another base address for the Twilio API', url(/^https?:$/)),
  WEBHOOK_URL: entry('Where MESSENGER=webhook posts each message, an http(s) address', url(/^https?:$/)),
  WEBHOOK_SECRET: entry('Signs those posts (HMAC-SHA-256)', z.string().min(16), { secret: true }),
  TRUSTED_PROXIES: entry(
    'Addresses of reverse proxies whose X-Forwarded-For counts, with commas',
    z.string().refine((text) => text.split(',').every((one) => one.trim() === '' || isIP(one.trim()) > 0)),
    { default: '' },
  ),
} satisfies Record<string, Entry>

export type Config = ReturnType<typeof shape>
export type Environment = Record<string, string | undefined>

/** The variables of this process, and those of the file .env for what they do not say. */
export function environment(): Environment {
  try {
    process.loadEnvFile()
  } catch {
    // There need not be one.
  }
  return process.env
}

/**
 * Reads the environment, the only place that does. All problems at once, one sentence each.
 * The secret key is read or made in DATA_DIR; it is never printed.
 */
export function loadConfig(
  env: Environment,
): { ok: true; config: Config } | { ok: false; problems: string[] } {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, entry] of Object.entries(entries) as [keyof typeof entries, Entry][]) {
    const text = given(env, name, entry, problems) ?? entry.default
    if (text === undefined) continue
    const parsed = entry.schema.safeParse(text)
    if (parsed.success) values[name] = parsed.data
    else problems.push(notRight(name, entry, text))
  }
  problems.push(...missing(values), ...clashing(values), ...radsecProblems(values), ...unwritable(values))
  if (problems.length) return { ok: false, problems }
  try {
    return { ok: true, config: Object.freeze(shape(values as Values)) }
  } catch (error) {
    return { ok: false, problems: [(error as Error).message] }
  }
}

function notRight(name: string, entry: Entry, text: string): string {
  if (name === 'MESSENGER' && (text === 'aliyun' || text === 'tencent'))
    return `MESSENGER=${text} is not in this version yet: use twilio, or webhook with a small program of your own in between.`
  return `${name} is not right: ${entry.doc}.${entry.secret ? '' : ` It says “${text}”.`}`
}

function given(env: Environment, name: string, entry: Entry, problems: string[]): string | undefined {
  const file = entry.secret ? env[`${name}_FILE`] : undefined
  if (!file) return env[name] || undefined
  try {
    return readFileSync(file, 'utf8').trim()
  } catch {
    problems.push(`${name}_FILE names a file that can not be read.`)
    return undefined
  }
}

function missing(values: Record<string, unknown>): string[] {
  const needs: Record<string, string[]> = {
    twilio: ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_FROM'],
    webhook: ['WEBHOOK_URL', 'WEBHOOK_SECRET'],
  }
  return (needs[String(values.MESSENGER)] ?? [])
    .filter((name) => values[name] === undefined)
    .map((name) => `${name} is missing: MESSENGER=${values.MESSENGER} needs it.`)
}

function clashing(values: Record<string, unknown>): string[] {
  const pairs = [
    ['RADIUS_AUTH_PORT', 'RADIUS_ACCT_PORT'],
    ['PORT', 'RADSEC_PORT'],
  ] as const
  return pairs
    .filter(([one, other]) => values[one] !== undefined && values[one] === values[other])
    .map(([one, other]) => `${one} and ${other} are both ${values[one]}: they must differ.`)
}

const radsecFiles = ['RADSEC_CERT_FILE', 'RADSEC_KEY_FILE', 'RADSEC_CA_FILE'] as const

/** The files of RadSec are opened now: what is wrong with one is told at the start, not by the first gateway. */
function radsecProblems(values: Record<string, unknown>): string[] {
  if (values.RADSEC_PORT === undefined) return []
  const problems: string[] = []
  const read = (name: (typeof radsecFiles)[number]) => {
    const file = values[name]
    if (file === undefined) {
      problems.push(`${name} is missing: RADSEC_PORT needs it.`)
      return undefined
    }
    try {
      return readFileSync(String(file))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      problems.push(`${name} names a file that can not be read (${code}).`)
      return undefined
    }
  }
  const parse = <T>(name: (typeof radsecFiles)[number], what: string, of: (pem: Buffer) => T) => {
    const pem = read(name)
    try {
      return pem && of(pem)
    } catch {
      problems.push(`${name} holds no ${what} in PEM.`)
      return undefined
    }
  }
  const certificate = parse('RADSEC_CERT_FILE', 'certificate', (pem) => new X509Certificate(pem))
  const key = parse('RADSEC_KEY_FILE', 'private key without a passphrase', (pem) => createPrivateKey(pem))
  parse('RADSEC_CA_FILE', 'certificate', (pem) => new X509Certificate(pem))
  if (certificate && key && !certificate.checkPrivateKey(key))
    problems.push('RADSEC_KEY_FILE does not belong to the certificate in RADSEC_CERT_FILE.')
  return problems
}

function radsecOf(values: Partial<Values>) {
  const { RADSEC_PORT, RADSEC_CERT_FILE, RADSEC_KEY_FILE, RADSEC_CA_FILE } = values
  if (!RADSEC_PORT || !RADSEC_CERT_FILE || !RADSEC_KEY_FILE || !RADSEC_CA_FILE) return undefined
  return {
    port: RADSEC_PORT,
    certFile: resolve(RADSEC_CERT_FILE),
    keyFile: resolve(RADSEC_KEY_FILE),
    caFile: resolve(RADSEC_CA_FILE),
  }
}

/** The folder is needed for the embedded database, and for a key that is not given. */
function unwritable({ DATA_DIR, DATABASE_URL, SECRET_KEY }: Record<string, unknown>): string[] {
  if (typeof DATA_DIR !== 'string' || (DATABASE_URL && SECRET_KEY)) return []
  const folder = resolve(DATA_DIR)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK | constants.X_OK)
    return []
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return [`DATA_DIR ${folder} can not be written (${code}). Choose another folder or change its rights.`]
  }
}

type Values = { [N in keyof typeof entries]: z.infer<(typeof entries)[N]['schema']> }

function shape(values: Values) {
  const dataDir = resolve(values.DATA_DIR)
  return {
    http: {
      host: values.HOST,
      port: values.PORT,
      publicUrl: (values.PUBLIC_URL as string | undefined)?.replace(/\/+$/, ''),
      trustedProxies: values.TRUSTED_PROXIES.split(',')
        .map((text) => text.trim())
        .filter(Boolean),
    },
    database: { url: values.DATABASE_URL as string | undefined, dataDir },
    radius: {
      host: values.HOST,
      authPort: values.RADIUS_AUTH_PORT,
      acctPort: values.RADIUS_ACCT_PORT,
      secretMin: values.RADIUS_SECRET_MIN,
      radsec: radsecOf(values),
    },
    messenger: messengerOf(values),
    role: values.ROLE,
    logLevel: values.LOG_LEVEL,
    secretKey: secretKey(values.SECRET_KEY as string | undefined, dataDir),
  }
}

/** Settings of the one that is chosen; the others may be half filled in. `missing` has seen to the needed ones. */
function messengerOf(values: Partial<Values>) {
  const { MESSENGER: kind = 'outbox', TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM } = values
  const { TWILIO_API_BASE: apiBase, WEBHOOK_URL: url, WEBHOOK_SECRET: secret } = values
  if (kind === 'twilio' && TWILIO_ACCOUNT_SID && TWILIO_AUTH_TOKEN && TWILIO_FROM)
    return {
      kind,
      twilio: { accountSid: TWILIO_ACCOUNT_SID, authToken: TWILIO_AUTH_TOKEN, from: TWILIO_FROM, apiBase },
    }
  if (kind === 'webhook' && url && secret) return { kind, webhook: { url, secret } }
  return { kind }
}

/** The key of this installation: given, or made once and kept where only this account reads it. */
function secretKey(given: string | undefined, dataDir: string): Buffer {
  if (given) return Buffer.from(given, /^[0-9a-f]{64,}$/i.test(given) ? 'hex' : 'utf8')
  const file = join(dataDir, 'secret-key')
  try {
    writeFileSync(file, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  let key = Buffer.alloc(0)
  try {
    key = Buffer.from(readFileSync(file, 'utf8').trim(), 'hex')
  } catch {
    // Said below.
  }
  if (key.length < 32)
    throw new Error(`The secret key in ${file} can not be read. Put back the copy that was kept of it.`)
  return key
}

/** The text of .env.example, so that it never lags behind. */
export function envExample(): string {
  const lines = [
    '# Everything here is optional. Read from the environment, or from a file .env in this folder.',
    '# Made from config.ts: npm run --silent doorman -- env > .env.example',
    '',
  ]
  for (const [name, entry] of Object.entries(entries) as [string, Entry][]) {
    lines.push(
      `# ${entry.doc}${entry.secret ? `. Or ${name}_FILE` : ''}`,
      `#${name}=${entry.default ?? ''}`,
      '',
    )
  }
  return `${lines.join('\n').trimEnd()}\n`
}
