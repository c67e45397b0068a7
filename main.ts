import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAdmin } from './admin/index.ts'
import { guestUrl, ownUrl } from './admin/process/addresses.ts'
import { createFront } from './admin/process/front.ts'
import { createHttp } from './admin/process/http.ts'
import { Closers, whenToldToEnd } from './admin/process/life.ts'
import { createLog, faultOf } from './admin/process/log.ts'
import { createMetrics } from './admin/process/metrics.ts'
import { type Port, portProblem, portProblems } from './admin/process/ports.ts'
import { jobsOf, partsOf } from './admin/process/roles.ts'
import { environment, loadConfig } from './config.ts'
import { startJobs } from './db/jobs.ts'
import { openLedger } from './db/ledger.ts'
import { answersNow, readPulse } from './db/pulse.ts'
import { issueSetupCode, setupNeeded } from './db/staff/set-up.ts'
import { authKey, initKeys } from './db/values/keys.ts'
import { createPortal } from './portal/index.ts'
import { createRadius } from './radius/index.ts'
import { latencyEdges } from './radius/sight.ts'

// Composition root: config → ledger → portal, radius, admin → sockets → jobs; closed in reverse.

const { version } = JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8'))
const loaded = loadConfig(environment())
if (!loaded.ok) refuse(loaded.problems)
const { config } = loaded
initKeys(config.secretKey)
const log = createLog(config.logLevel)
const closers = new Closers()
let isReady = false
whenToldToEnd(
  log,
  () => {
    isReady = false
    log.info('Finishing what is under way.')
    return closers.close(log)
  },
  9500,
)
const onError = (error: unknown, part = 'radius') => log.error({ part, ...faultOf(error) }, 'A fault.')

// All that can be wrong with this machine is looked for before anything is said.
const parts = partsOf(config.role)
const httpPort: Port = { kind: 'TCP', variable: 'PORT', ...config.http }
const authPort: Port = { kind: 'UDP', variable: 'RADIUS_AUTH_PORT', ...udp(config.radius.authPort) }
const radsecPort: Port = {
  kind: 'TCP',
  variable: 'RADSEC_PORT',
  ...udp(config.radius.radsec?.port ?? 0),
}
const acctPort: Port = { kind: 'UDP', variable: 'RADIUS_ACCT_PORT', ...udp(config.radius.acctPort) }
const opening = openLedger({
  ...config.database,
  log: (text) => log.info({ part: 'database' }, text),
}).catch((error: Error) => error)
closers.add('ledger', async () => {
  const opened = await opening
  if (!(opened instanceof Error)) await opened.close()
})
const taken = await portProblems(
  parts.radius ? [httpPort, authPort, acctPort, ...(config.radius.radsec ? [radsecPort] : [])] : [httpPort],
)
const ledger = await opening
if (ledger instanceof Error) refuse([...taken, ledger.message])
if (taken.length) await giveUp(taken)

const { db } = ledger
const portal = createPortal({ db, config: { ...config.http, messenger: config.messenger }, log })
closers.add('portal', portal.close)
const radius = createRadius({
  db,
  config: config.radius,
  onError,
  ...(parts.radius ? { spoolDir: join(config.database.dataDir, 'spool') } : {}),
  onStranger: ([fingerprint, ...names]) =>
    log.warn(
      { part: 'radius', fingerprint, names },
      'RadSec: no gateway is registered with this certificate. Enter its fingerprint or name at the gateway.',
    ),
})
if (parts.radius && config.radius.radsec) process.on('SIGHUP', radius.rereadCertificates)
const admin = createAdmin({
  db,
  log,
  config: {
    publicUrl: config.http.publicUrl,
    port: config.http.port,
    messenger: config.messenger.kind,
    secretMin: config.radius.secretMin,
    radius: { authPort: config.radius.authPort, acctPort: config.radius.acctPort },
    trustedProxies: config.http.trustedProxies,
    authSecret: authKey(),
    version,
  },
})
closers.add('admin', async () => admin.close())

const metrics = createMetrics({
  version,
  pulse: () => readPulse(db).catch(() => undefined),
  radius: parts.radius ? { ...radius, edges: latencyEdges } : undefined,
})
const http = createHttp({
  ...config.http,
  answer: createFront({
    wings: { portal: parts.portal ? portal.app : undefined, admin: parts.admin ? admin.app : undefined },
    metrics,
    waitingFor: async () => [
      ...(isReady ? [] : ['this process']),
      ...((await answersNow(db, 2000)) ? [] : ['the database']),
    ],
  }),
})
const jobs = await startJobs(
  db,
  metrics.jobs(jobsOf(config.role, { ...portal.jobs, ...radius.jobs })),
  onError,
)
// No new guest, no new packet, no new job: all three finish at the same time.
closers.add('traffic', async () => {
  await Promise.all([http.close(3000), radius.close(), jobs.stop(5000)])
})
if (parts.radius) await radius.listen().catch((error) => giveUp([portProblem(portOf(error), error)]))
await http.listen().catch((error) => giveUp([portProblem(httpPort, error)]))
isReady = true
await announce()

function udp(port: number) {
  return { host: config.radius.host, port }
}

function portOf(error: unknown): Port {
  const { port } = error as { port?: number }
  return [acctPort, radsecPort].find((one) => one.port === port) ?? authPort
}

/** Every line is a sentence about one thing that is wrong and what to do. */
function refuse(problems: string[]): never {
  process.stderr.write(`Doorman can not start.\n${problems.map((line) => `- ${line}\n`).join('')}`)
  process.exit(1)
}

async function giveUp(problems: string[]): Promise<never> {
  await closers.close(log)
  return refuse(problems)
}

/** For the person who started it: where to go. The set-up link stands here only while there is no owner. */
async function announce() {
  const seconds = (performance.now() / 1000).toFixed(1)
  const lines = [
    parts.admin ? `panel ${ownUrl(config)}/admin/` : '',
    parts.portal ? `guests ${guestUrl(config)}/s/<site>` : '',
    parts.radius
      ? `RADIUS UDP ${config.radius.authPort} and ${config.radius.acctPort}${radsecPort.port ? `, TLS ${radsecPort.port}` : ''}`
      : '',
    `database ${config.database.url ? 'by DATABASE_URL' : `embedded in ${config.database.dataDir}`}`,
  ].filter(Boolean)
  process.stdout.write(`Doorman ${version} is ready in ${seconds} s: ${lines.join(', ')}\n`)
  log.info({ version, role: config.role }, 'Ready.')
  if (!parts.admin || !(await setupNeeded(db))) return
  const code = await issueSetupCode(db, new Date())
  process.stdout.write(`Set it up here, once: ${ownUrl(config)}/admin/setup#code=${code}\n`)
}
