import { z } from 'zod'
import { apiKeyInput, apiKeyMade, apiKeys } from './schemas/api-keys.ts'
import { auditList, auditQuery, auditVerdict } from './schemas/audit.ts'
import { consentText, consentTextInput, consentTexts } from './schemas/consent-texts.ts'
import {
  guestChange,
  guestProfile,
  guests,
  guestsQuery,
  guestViews,
  interaction,
  interactionInput,
  revealed,
  revealInput,
  timeline,
  timelineQuery,
  wrongInput,
} from './schemas/guests.ts'
import { me, merchantChoice, ownSession, type Right } from './schemas/me.ts'
import { merchant, merchantChange } from './schemas/merchant.ts'
import { messages, messagesQuery, outbox, outboxQuery } from './schemas/messages.ts'
import {
  adoptInput,
  lastPacket,
  nas,
  nasAdded,
  nasChange,
  nasInput,
  nasList,
  nasQuery,
  secretCopied,
  unknownList,
} from './schemas/nas.ts'
import { balances, plan, planChange, planInput, plans, topUpInput } from './schemas/plans.ts'
import {
  disconnectResult,
  limitsInput,
  limitsResult,
  session,
  sessions,
  sessionsQuery,
} from './schemas/sessions.ts'
import { setupCode, setupCodeState, setupDone, setupInput, setupState } from './schemas/setup.ts'
import { done } from './schemas/shared.ts'
import {
  setupText,
  setupTextCopy,
  setupTextQuery,
  site,
  siteChange,
  siteInput,
  sites,
} from './schemas/sites.ts'
import {
  invitation,
  invitationCode,
  invitationInput,
  invitationTaken,
  invited,
  member,
  memberChange,
  members,
  signIn,
} from './schemas/staff.ts'
import { today, todayQuery } from './schemas/today.ts'

/** open: nobody has to be signed in. signed-in: whoever is. Else the one right that is asked for. */
export type Access = 'open' | 'signed-in' | Right

export type Endpoint = {
  access: Access
  /** What OpenAPI says it does. */
  summary: string
  query?: z.ZodType
  body?: z.ZodType
  answer: z.ZodType
  status?: 201
}

/**
 * The whole API under /api/v1, one entry an operation: the server mounts it, OpenAPI describes it, the panel's client
 * is typed by it, and the test that merchants never meet walks through it.
 */
export const contract = {
  'GET /setup': {
    access: 'open',
    summary: 'Whether this installation has an owner, and how far its first gateway is',
    answer: setupState,
  },
  'POST /setup/code': {
    access: 'open',
    summary: 'Whether a set-up code is good',
    body: setupCode,
    answer: setupCodeState,
  },
  'POST /setup': {
    access: 'open',
    summary: 'Make owner, business and site with the one-time set-up code',
    body: setupInput,
    answer: setupDone,
    status: 201,
  },
  'POST /invitations/look': {
    access: 'open',
    summary: 'What an invitation is to',
    body: invitationCode,
    answer: invitation,
  },
  'POST /invitations/take': {
    access: 'open',
    summary: 'Take an invitation',
    body: invitationTaken,
    answer: done,
  },

  'GET /me': { access: 'signed-in', summary: 'Who asks, with which rights, for which business', answer: me },
  'POST /me/merchant': {
    access: 'signed-in',
    summary: 'Work for another business of the same account',
    body: merchantChoice,
    answer: done,
  },
  'GET /me/sessions': {
    access: 'signed-in',
    summary: 'Where the asker is signed in',
    answer: z.object({ items: z.array(ownSession) }),
  },
  'DELETE /me/sessions/:id': { access: 'signed-in', summary: 'Sign out elsewhere', answer: done },

  'GET /today': {
    access: 'today.read',
    summary: 'The shop now: numbers, who is in, what is due, busy hours',
    query: todayQuery,
    answer: today,
  },

  'GET /guests': {
    access: 'guests.read',
    summary: 'Guests, filtered, sorted, page by page',
    query: guestsQuery,
    answer: guests,
  },
  'GET /guests/views': {
    access: 'guests.read',
    summary: 'Standing views with their counts',
    query: z.object({ site: z.string().max(64).optional() }),
    answer: guestViews,
  },
  'GET /guests/:id': { access: 'guests.read', summary: 'One guest', answer: guestProfile },
  'PATCH /guests/:id': {
    access: 'guests.change',
    summary: 'Change a name, block or unblock',
    body: guestChange,
    answer: guestProfile,
  },
  'GET /guests/:id/timeline': {
    access: 'guests.read',
    summary: 'All that happened, newest first',
    query: timelineQuery,
    answer: timeline,
  },
  'POST /guests/:id/interactions': {
    access: 'guests.note',
    summary: 'Write a note, call or complaint',
    body: interactionInput,
    answer: interaction,
    status: 201,
  },
  'POST /guests/:id/reveal': {
    access: 'guests.reveal',
    summary: 'See a number in full, for a reason that is written down',
    body: revealInput,
    answer: revealed,
  },
  'PATCH /guests/:id/identities/:identityId': {
    access: 'guests.change',
    summary: 'Mark a contact wrong, or right again',
    body: wrongInput,
    answer: guestProfile,
  },
  'DELETE /guests/:id/devices/:deviceId': {
    access: 'guests.change',
    summary: 'Forget a device: it signs in anew',
    answer: done,
  },
  'POST /guests/:id/consents/withdraw': {
    access: 'guests.change',
    summary: 'Write down that a guest takes back the yes to offers',
    body: z.object({ purpose: z.literal('marketing') }),
    answer: guestProfile,
  },

  'GET /sessions': {
    access: 'guests.read',
    summary: 'Sessions as gateways report them',
    query: sessionsQuery,
    answer: sessions,
  },
  'GET /sessions/:id': { access: 'guests.read', summary: 'One session', answer: session },
  'POST /sessions/:id/disconnect': {
    access: 'sessions.end',
    summary: 'End a session: rights are revoked, the gateway is asked to put the device out',
    answer: disconnectResult,
  },

  'POST /sessions/:id/limits': {
    access: 'sessions.end',
    summary:
      'Change the limits of a running session: the grant has them at once, the gateway is asked to keep them (CoA)',
    body: limitsInput,
    answer: limitsResult,
  },

  'GET /messages': {
    access: 'messages.read',
    summary: 'Messages and what became of them',
    query: messagesQuery,
    answer: messages,
  },
  'GET /outbox': {
    access: 'messages.read',
    summary: 'Only with MESSENGER=outbox: what would have been sent, codes readable',
    query: outboxQuery,
    answer: outbox,
  },

  'GET /sites': { access: 'sites.read', summary: 'Sites', answer: sites },
  'POST /sites': {
    access: 'sites.change',
    summary: 'Add a site',
    body: siteInput,
    answer: site,
    status: 201,
  },
  'GET /sites/:id': { access: 'sites.read', summary: 'One site', answer: site },
  'PATCH /sites/:id': { access: 'sites.change', summary: 'Change a site', body: siteChange, answer: site },
  'GET /sites/:id/setup-text': {
    access: 'sites.read',
    summary: 'What to type into a gateway, secrets masked',
    query: setupTextQuery,
    answer: setupText,
  },
  'POST /sites/:id/setup-text/copy': {
    access: 'gateways.secret',
    summary: 'The same with its secrets; written down',
    body: setupTextCopy,
    answer: setupText,
  },

  'GET /nas': {
    access: 'sites.read',
    summary: 'Gateways with their health',
    query: nasQuery,
    answer: nasList,
  },
  'POST /nas': {
    access: 'sites.change',
    summary: 'Add a gateway; secrets are told once',
    body: nasInput,
    answer: nasAdded,
    status: 201,
  },
  'GET /nas/unknown': {
    access: 'sites.change',
    summary: 'Sources of packets that nobody registered',
    answer: unknownList,
  },
  'POST /nas/unknown/:id/adopt': {
    access: 'sites.change',
    summary: 'Make an unknown source a gateway of a site',
    body: adoptInput,
    answer: nasAdded,
    status: 201,
  },
  'POST /nas/unknown/:id/ignore': {
    access: 'sites.change',
    summary: 'Stop showing an unknown source',
    answer: done,
  },
  'GET /nas/:id': { access: 'sites.read', summary: 'One gateway', answer: nas },
  'GET /nas/:id/last-packet': {
    access: 'sites.read',
    summary: 'The last packet of a gateway, secrets and persons masked',
    answer: lastPacket,
  },
  'PATCH /nas/:id': {
    access: 'sites.change',
    summary: 'Change a gateway; a new secret leaves the former good for a day',
    body: nasChange,
    answer: nas,
  },
  'DELETE /nas/:id': { access: 'sites.change', summary: 'Take a gateway out of service', answer: done },
  'POST /nas/:id/secret': {
    access: 'gateways.secret',
    summary: 'The secrets of a gateway; written down',
    answer: secretCopied,
  },

  'GET /guests/:id/balances': {
    access: 'guests.read',
    summary: 'What a guest has left on prepaid plans, and all that was put on',
    answer: balances,
  },
  'POST /guests/:id/balances': {
    access: 'balances.change',
    summary: 'Top up a prepaid balance, or take something back',
    body: topUpInput,
    answer: balances,
  },

  'GET /plans': { access: 'sites.read', summary: 'Plans', answer: plans },
  'POST /plans': {
    access: 'sites.change',
    summary: 'Add a plan',
    body: planInput,
    answer: plan,
    status: 201,
  },
  'PATCH /plans/:id': {
    access: 'sites.change',
    summary: 'Change what guests get from now on',
    body: planChange,
    answer: plan,
  },

  'GET /merchant': { access: 'signed-in', summary: 'The business', answer: merchant },
  'PATCH /merchant': {
    access: 'merchant.change',
    summary: 'Change the business',
    body: merchantChange,
    answer: merchant,
  },
  'GET /consent-texts': {
    access: 'signed-in',
    summary: 'What guests are asked, all versions',
    answer: consentTexts,
  },
  'POST /consent-texts': {
    access: 'texts.change',
    summary: 'Put a new version of a text into use',
    body: consentTextInput,
    answer: consentText,
    status: 201,
  },

  'GET /staff': { access: 'staff.read', summary: 'Staff', answer: members },
  'POST /staff': {
    access: 'staff.change',
    summary: 'Invite somebody; the link is told once',
    body: invitationInput,
    answer: invited,
    status: 201,
  },
  'PATCH /staff/:id': {
    access: 'staff.change',
    summary: 'Change role, sites or name, or end the membership',
    body: memberChange,
    answer: member,
  },
  'GET /staff/:id/sign-ins': {
    access: 'staff.read',
    summary: 'Where somebody is signed in',
    answer: z.object({ items: z.array(signIn) }),
  },
  'POST /staff/:id/sign-out': {
    access: 'staff.change',
    summary: 'End every session of somebody',
    answer: done,
  },

  'GET /api-keys': { access: 'keys.change', summary: 'Keys for programs', answer: apiKeys },
  'POST /api-keys': {
    access: 'keys.change',
    summary: 'Make a key; it is told once',
    body: apiKeyInput,
    answer: apiKeyMade,
    status: 201,
  },
  'DELETE /api-keys/:id': { access: 'keys.change', summary: 'Revoke a key', answer: done },

  'GET /audit': {
    access: 'audit.read',
    summary: 'Who did what to whom, newest first',
    query: auditQuery,
    answer: auditList,
  },
  'GET /audit/verdict': {
    access: 'audit.read',
    summary: 'Whether the chain of the audit log is whole',
    answer: auditVerdict,
  },
} as const satisfies Record<`${'GET' | 'POST' | 'PATCH' | 'DELETE'} /${string}`, Endpoint>

export type Contract = typeof contract
export type Operation = keyof Contract

type Of<K extends Operation, Part extends string> =
  Contract[K] extends Record<Part, infer T extends z.ZodType> ? T : undefined
/** What a caller writes. */
export type QueryIn<K extends Operation> =
  Of<K, 'query'> extends z.ZodType ? z.input<Of<K, 'query'>> : undefined
export type BodyIn<K extends Operation> = Of<K, 'body'> extends z.ZodType ? z.input<Of<K, 'body'>> : undefined
/** What a handler reads, checked. */
export type QueryOf<K extends Operation> =
  Of<K, 'query'> extends z.ZodType ? z.output<Of<K, 'query'>> : undefined
export type BodyOf<K extends Operation> =
  Of<K, 'body'> extends z.ZodType ? z.output<Of<K, 'body'>> : undefined
export type Answer<K extends Operation> = z.output<Contract[K]['answer']>

type Names<Path extends string> = Path extends `${string}:${infer Name}/${infer Rest}`
  ? Name | Names<Rest>
  : Path extends `${string}:${infer Name}`
    ? Name
    : never
/** Names of the parts of a path that a caller fills in: `id` of /guests/:id. */
export type ParamsOf<K extends Operation> = Record<Names<K>, string>
