import { execFile } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { stat, statfs } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Config } from '../../../config.ts'
import { ask, type Finding, fault, fine, nearUrl, warn } from './finding.ts'

/** Whether the service runs and has its ports; where it does not run, whether it could have them. */
export async function checkPorts(config: Config): Promise<Finding[]> {
  const near = nearUrl(config)
  const ready = await ask(`${near}/readyz`)
  const { host, authPort, acctPort, radsec } = config.radius
  const taken = {
    http: await isTaken(() => bindTcp(config.http.port, config.http.host)),
    auth: await isTaken(() => bindUdp(authPort, host)),
    acct: await isTaken(() => bindUdp(acctPort, host)),
    radsec: radsec ? await isTaken(() => bindTcp(radsec.port, host)) : undefined,
  }
  if (ready?.ok)
    return [
      fine('service', `Doorman answers at ${near}.`),
      taken.auth && taken.acct
        ? fine('radius ports', `UDP ${authPort} and ${acctPort} are open.`)
        : warn(
            'radius ports',
            `Nothing listens on UDP ${taken.auth ? acctPort : authPort}.`,
            'Start a process with ROLE=all or ROLE=radius and the same port settings.',
          ),
      ...(radsec ? [radsecFinding(radsec.port, taken.radsec === true)] : []),
    ]
  if (ready) {
    const text = (await ready.text()).trim()
    return [fault('service', `Doorman answers at ${near} but is not ready: ${text}.`, 'Look into its log.')]
  }
  const names: [boolean, string, number, string][] = [
    [taken.http, 'TCP', config.http.port, 'PORT'],
    [taken.auth, 'UDP', authPort, 'RADIUS_AUTH_PORT'],
    [taken.acct, 'UDP', acctPort, 'RADIUS_ACCT_PORT'],
    [taken.radsec === true, 'TCP', radsec?.port ?? 0, 'RADSEC_PORT'],
  ]
  const inTheWay = names
    .filter(([isInUse]) => isInUse)
    .map(([, kind, port, variable]) =>
      fault(
        'ports',
        `${kind} port ${port} is in use by another program.`,
        `Stop that one, or set ${variable} to another port.`,
      ),
    )
  return [warn('service', 'Doorman does not run.', 'Start it: npm start'), ...inTheWay]
}

const radsecFinding = (port: number, isOpen: boolean): Finding =>
  isOpen
    ? fine('radsec port', `TCP ${port} is open for RADIUS over TLS.`)
    : warn(
        'radsec port',
        `Nothing listens on TCP ${port}.`,
        'Start a process with ROLE=all or ROLE=radius and the same RADSEC settings.',
      )

async function isTaken(bind: () => Promise<void>): Promise<boolean> {
  return bind().then(
    () => false,
    () => true,
  )
}

const bindTcp = (port: number, host: string) =>
  new Promise<void>((done, failed) => {
    const server = createServer().once('error', failed)
    server.listen({ port, host }, () => server.close(() => done()))
  })

const bindUdp = (port: number, host: string) =>
  new Promise<void>((done, failed) => {
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4').once('error', failed)
    socket.bind(port, host, () => socket.close(() => done()))
  })

/** Accounting, codes and grants live by the clock. */
export async function checkClock(): Promise<Finding[]> {
  try {
    const { stdout } = await promisify(execFile)(
      'timedatectl',
      ['show', '-p', 'NTPSynchronized', '--value'],
      {
        timeout: 3000,
      },
    )
    if (stdout.trim() === 'no')
      return [
        warn(
          'clock',
          'The clock of this machine is not set by a time server.',
          'Switch it on: timedatectl set-ntp true',
        ),
      ]
  } catch {
    // Not a system that can tell.
  }
  return [fine('clock', `This machine says ${new Date().toISOString()}.`)]
}

/** The folder of what must be kept, and the key in it. */
export async function checkFolder(config: Config): Promise<Finding[]> {
  const { dataDir } = config.database
  const findings: Finding[] = []
  try {
    const { bavail, bsize } = await statfs(dataDir)
    const free = (bavail * bsize) / 2 ** 30
    const text = `${free.toFixed(1)} GB are free at ${dataDir}.`
    findings.push(
      free < 1
        ? fault('disk', text, 'Make room: the database stops when the disk is full.')
        : free < 5
          ? warn('disk', text, 'Make room before it is full.')
          : fine('disk', text),
    )
    const { mode } = await stat(join(dataDir, 'secret-key'))
    findings.push(
      mode & 0o077
        ? fault(
            'secret key',
            'Others on this machine may read the secret key.',
            `chmod 600 ${join(dataDir, 'secret-key')}`,
          )
        : warn(
            'secret key',
            'The secret key lies in the data folder: a backup of the database alone can not be read.',
            `Keep a copy of ${join(dataDir, 'secret-key')} in a safe place, away from backups of the database.`,
          ),
    )
  } catch {
    findings.push(fine('secret key', 'The secret key comes from the environment.'))
  }
  return findings
}
