import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { join } from 'node:path'
import { buildPanel } from '../../admin/build.ts'
import { doormanWords, startWords } from './service.ts'

/**
 * npm run dev: what `npm start` runs, begun again after every change, with a demo merchant and a virtual access point
 * that keeps sending guests. Its data lie in data/dev, apart from the real ones.
 */
const root = new URL('../../', import.meta.url).pathname
const env = { ...process.env, DATA_DIR: process.env.DATA_DIR || join(root, 'data', 'dev') }
const url = `http://127.0.0.1:${process.env.PORT || 8080}`
const owner = { email: 'owner@example.com', password: 'doorman demo owner' }
const site = 'qinglan-nanjing'

let isEnding = false
let service: ChildProcess | undefined
let walking: ChildProcess | undefined
let beginning = Promise.resolve()

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    isEnding = true
    walking?.kill('SIGTERM')
    service?.kill('SIGTERM')
  })

await buildPanel()
service = begin()
watchSources()
await ready()
await fillShop()
await sendGuests()

function begin(): ChildProcess {
  const child = spawn(process.execPath, startWords, { cwd: root, env, stdio: 'inherit' })
  child.once('exit', (code) => {
    if (isEnding) process.exit(0)
    if (code !== 0) say('It has ended; waiting for a change.')
  })
  return child
}

/** Begins anew a moment after the last change: an editor saves in several steps. */
function watchSources() {
  let timer: NodeJS.Timeout | undefined
  const changed = (file: string | null) => {
    if (!file || !/\.(tsx?|css|svg|html|sql)$/.test(file) || /(^|\/)dist\//.test(file)) return
    clearTimeout(timer)
    timer = setTimeout(() => void again(file), 200)
  }
  for (const folder of ['db', 'portal', 'radius', 'admin', 'process'])
    watch(join(root, folder), { recursive: true }, (_event, file) => changed(file))
  for (const file of ['main.ts', 'config.ts']) watch(join(root, file), () => changed(file))
}

function again(file: string) {
  beginning = beginning.then(async () => {
    say(`${file} has changed; beginning again.`)
    await buildPanel().catch((error: Error) => say(error.message))
    const before = service
    if (before && before.exitCode === null && before.signalCode === null) {
      before.kill('SIGTERM')
      await new Promise((done) => before.once('exit', done))
    }
    if (!isEnding) service = begin()
  })
}

async function ready() {
  for (;;) {
    if (
      await fetch(`${url}/readyz`).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return
    await pause(200)
  }
}

/** A demo merchant with an owner one can sign in as; what is there already stays. */
async function fillShop() {
  await doorman('demo', '--json')
  const set = ['--merchant', 'Qinglan 青岚', '--site', 'Nanjing Rd', '--site-slug', site]
  const made = await doorman(
    'setup',
    ...set,
    '--owner-email',
    owner.email,
    '--owner-password',
    owner.password,
    '--json',
  )
  if (made === 0) say(`Sign in at ${url}/admin/ as ${owner.email}, password “${owner.password}”.`)
}

/** Somebody comes every minute and stays for twenty; the day's limit of texts is not reached before evening. */
async function sendGuests() {
  while (!isEnding) {
    await ready()
    await doorman('ap', '--site', site, '--guests', '500', '--every', '60', '--leave-after', '1200', '--json')
    await pause(5000)
  }
}

function doorman(...words: string[]): Promise<number | null> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [...doormanWords, ...words], {
      cwd: root,
      env,
      stdio: ['ignore', 'ignore', words[0] === 'ap' ? 'ignore' : 'inherit'],
    })
    walking = child
    child.once('exit', (code) => done(code))
  })
}

function say(line: string) {
  process.stderr.write(`${line}\n`)
}

function pause(ms: number) {
  return new Promise<void>((done) => setTimeout(done, ms))
}
