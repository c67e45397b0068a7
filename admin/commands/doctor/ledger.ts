import {
  type Checkup,
  checkUp,
  checkUpNas,
  countSites,
  type NasCheckup,
  recentStrangers,
} from '../../../db/checkup.ts'
import type { Db } from '../../../db/index.ts'
import { ago, type Finding, fault, fine, warn } from './finding.ts'

/** The database, the key that fits it, jobs and texts. */
export async function checkLedger(db: Db): Promise<Finding[]> {
  const found = await checkUp(db)
  return [
    ...databaseOf(found),
    found.keyFits === false
      ? fault(
          'secret key',
          'What is sealed in the database can not be opened with this SECRET_KEY.',
          'Set the key this database was made with; without it phone numbers and shared secrets are lost.',
        )
      : fine('secret key', found.keyFits ? 'The secret key fits the database.' : 'Nothing is sealed yet.'),
    found.jobs.oldestSeconds > 60
      ? fault(
          'jobs',
          `${found.jobs.waiting} jobs wait, the oldest for ${found.jobs.oldestSeconds} s.`,
          'Start a process with ROLE=all or ROLE=worker: it sends texts and ends stale sessions.',
        )
      : fine('jobs', `${found.jobs.waiting} jobs wait.`),
  ]
}

function databaseOf(found: Checkup): Finding[] {
  const { used, max } = found.connections
  const findings = [
    fine(
      'database',
      `PostgreSQL ${found.version} answers in ${found.answeredInMs} ms; ${used} of ${max} connections.`,
    ),
  ]
  if (found.migrationsDue.length)
    findings.push(
      fault(
        'database',
        `${found.migrationsDue.length} migrations are due: ${found.migrationsDue.join(', ')}.`,
        'npm run --silent doorman -- migrate',
      ),
    )
  if (!found.fsync)
    findings.push(
      fault(
        'database',
        'fsync is off: a power cut loses what was acknowledged.',
        'Set fsync = on in postgresql.conf.',
      ),
    )
  if (used > 0.8 * max)
    findings.push(
      warn('database', 'Most connections are taken.', 'Raise max_connections, or run fewer processes.'),
    )
  if (Math.abs(found.clockAheadMs) > 2000)
    findings.push(
      warn(
        'clock',
        `The clock of the database is ${found.clockAheadMs / 1000} s ${found.clockAheadMs > 0 ? 'ahead' : 'behind'}.`,
        'Set both machines by a time server.',
      ),
    )
  return findings
}

const remedies: Record<string, { text: string; remedy: string; state: 'warning' | 'fault' }> = {
  'bad-auth-secret': {
    text: 'asks with a wrong shared secret',
    remedy: 'Type the secret into the gateway again; it is shown once where the gateway is added.',
    state: 'fault',
  },
  'bad-acct-secret': {
    text: 'reports accounting with a wrong shared secret',
    remedy: 'Many gateways keep a secret of their own for accounting: set both to the same.',
    state: 'fault',
  },
  'no-message-authenticator': {
    text: 'sends no Message-Authenticator',
    remedy: 'Update its firmware, then set the rule of this gateway to “require” (CVE-2024-3596).',
    state: 'warning',
  },
  'bad-message-authenticator': {
    text: 'sends a Message-Authenticator that does not fit',
    remedy: 'Check the shared secret and whatever stands between the gateway and here.',
    state: 'fault',
  },
  malformed: {
    text: 'sends packets that can not be read',
    remedy: 'Update its firmware, or capture a packet and tell us.',
    state: 'warning',
  },
  clock: { text: 'has a wrong clock', remedy: 'Let it set its clock by a time server.', state: 'warning' },
}

/** Each gateway: heard of, by which packets, and what is wrong with them. */
export async function checkGateways(db: Db, site: string | undefined, now: Date): Promise<Finding[]> {
  if ((await countSites(db, site)) === 0)
    return [
      site
        ? fault('gateways', `There is no site ${site}.`, 'Look at the addresses of the sites in the panel.')
        : warn('gateways', 'There is no site yet.', 'Use the set-up link that npm start prints.'),
    ]
  const gateways = await checkUpNas(db, site)
  const strangers = site ? [] : await recentStrangers(db)
  return [
    ...(gateways.length
      ? gateways.flatMap((gateway) => gatewayOf(gateway, now))
      : [warn('gateways', 'No gateway is registered.', 'npm run --silent doorman -- nas add --help')]),
    ...strangers.map(({ address, nasIdentifier, count }) =>
      warn(
        'gateways',
        `${count} RADIUS packets from ${address}${nasIdentifier ? ` (${nasIdentifier})` : ''} belong to no gateway and were dropped.`,
        'Is it yours? npm run --silent doorman -- nas add --nas-address … Otherwise keep it out by a firewall.',
      ),
    ),
  ]
}

function gatewayOf(gateway: NasCheckup, now: Date): Finding[] {
  const check = `gateway ${gateway.site}/${gateway.name}`
  const findings = gateway.problems.map(({ kind, count, lastAt }): Finding => {
    const known = remedies[kind]
    const times = `${known?.text ?? kind} (${count} times, last ${ago(lastAt, now)})`
    return { check, state: known?.state ?? 'warning', text: `It ${times}.`, remedy: known?.remedy ?? '' }
  })
  if (gateway.secretLength > 0 && gateway.secretLength < 16)
    findings.push(
      warn(
        check,
        'Its shared secret is short: it can be guessed from one packet.',
        'Use 16 characters or more.',
      ),
    )
  if (!gateway.lastSeenAt)
    findings.push(
      warn(
        check,
        'Nothing was ever heard of it.',
        gateway.gateway === 'uam'
          ? 'Check the RADIUS server address and ports in the gateway, and that UDP is let through.'
          : 'Join its network with a phone; it shows itself when it sends the first guest.',
      ),
    )
  else if (gateway.lastAuthAt && !gateway.lastAcctAt)
    findings.push(
      warn(
        check,
        'It asks but never reports accounting, so visits have no end.',
        'Switch accounting on in the gateway.',
      ),
    )
  else findings.push(fine(check, `Last heard ${ago(gateway.lastSeenAt, now)}.`))
  return findings
}
