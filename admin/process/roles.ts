import type { Config } from '../../config.ts'
import type { JobHandlers, JobName } from '../../db/jobs.ts'

export type Role = Config['role']
export type Parts = { portal: boolean; radius: boolean; admin: boolean }

/** Which wings a process opens. `worker` opens none: it works on jobs that need no port of ours. */
export const partsOf = (role: Role): Parts => ({
  portal: role === 'all' || role === 'portal',
  radius: role === 'all' || role === 'radius',
  admin: role === 'all' || role === 'admin',
})

/**
 * Each wing's process does its own wing's work, so that no role needs another to be there. A Disconnect- or CoA-Request
 * leaves only from where RADIUS is answered: access points refuse it from elsewhere.
 */
const jobsOfRole: Record<Role, JobName[]> = {
  all: [
    'message.send',
    'balance.notice',
    'radius.disconnect',
    'radius.change-limits',
    'sessions.close-stale',
    'sessions.meter',
    'admissions.forget-news',
  ],
  portal: ['message.send', 'balance.notice'],
  radius: [
    'radius.disconnect',
    'radius.change-limits',
    'sessions.close-stale',
    'sessions.meter',
    'admissions.forget-news',
  ],
  admin: [],
  worker: [
    'message.send',
    'balance.notice',
    'sessions.close-stale',
    'sessions.meter',
    'admissions.forget-news',
  ],
}

export function jobsOf(role: Role, handlers: JobHandlers): Partial<JobHandlers> {
  return Object.fromEntries(jobsOfRole[role].map((name) => [name, handlers[name]]))
}
