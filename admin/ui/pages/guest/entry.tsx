import type { ComponentChildren } from 'preact'
import type { TimelineItem, TimelineKind } from '../../../api/schemas/guests.ts'
import type { Me } from '../../../api/schemas/me.ts'
import type { Dates } from '../../dates.ts'
import type { Format } from '../../format.ts'
import type { IconName } from '../../parts/icon.tsx'
import type { Words } from '../../words/index.ts'
import { sourceWord } from './contacts.tsx'
import { fieldValue } from './fields.tsx'

/** One thing that happened, as three lines at most: what, more of it, and somebody's own words. */
export type Told = { icon: IconName; title: ComponentChildren; sub?: string; quote?: string; end?: string }

export const kindIcons: Record<TimelineKind, IconName> = {
  'sign-in': 'wifi',
  visit: 'door',
  consent: 'check',
  message: 'send',
  note: 'page',
  call: 'call',
  complaint: 'warn',
  survey: 'star',
  purchase: 'bag',
  change: 'pen',
}
const changeIcons: Record<string, IconName> = {
  revealed: 'eye',
  blocked: 'block',
  'device-forgotten': 'phone',
  'took-own-data': 'download',
}

export function tell(
  item: TimelineItem,
  how: { words: Words; format: Format; dates: Dates; sites: Me['sites'] },
): Told {
  const { format, sites } = how
  const { guest } = how.words
  const w = guest.timeline
  const site = sites.find((one) => one.id === item.siteId)?.name
  const at = site ? w.at(site) : ''
  const icon = kindIcons[item.kind]
  switch (item.kind) {
    case 'sign-in':
      return {
        icon,
        title: (
          <>
            <b>{w.signIn}</b> {sourceWord(w.methods, item.method)}
            {at}
          </>
        ),
      }
    case 'visit': {
      const traffic = item.octets !== '0' ? w.traffic(format.octets(item.octets)) : undefined
      const long = item.endedAt ? format.length(item.seconds) : w.visitNow
      return {
        icon,
        title: (
          <>
            <b>{w.visit(item.nth)}</b>
            {[site, long].filter(Boolean).map((part) => guest.comma + part)}
          </>
        ),
        sub: traffic,
      }
    }
    case 'consent': {
      const { consents } = guest
      return {
        icon: item.action === 'granted' ? 'check' : item.action === 'withdrawn' ? 'trust' : 'cross',
        title: (
          <>
            <b>{w.consent[item.action]}</b>
            {w.colon}
            {w.consentTo[item.purpose]}
          </>
        ),
        sub:
          consents.textOf(item.textVersion, sourceWord(consents.languages, item.locale)) +
          guest.comma +
          sourceWord(consents.surfaces, item.surface) +
          (site ? consents.at(site) : ''),
      }
    }
    case 'message':
      return {
        icon,
        title: (
          <>
            <b>{messageWord(w.message, item.messageKind) ?? w.messageOther}</b>{' '}
            {sourceWord(w.channel, item.channel)}
          </>
        ),
        sub: `${sourceWord(w.state, item.state)}${guest.colonOf(item.text)}`,
      }
    case 'change': {
      const { what } = item
      const changes: Record<string, string> = w.change
      const fields: Record<string, string> = guest.fields.names
      const field = fields[what]
      const value = item.value && fieldValue(what, item.value, how.dates, guest, how.words.guests)
      const isReveal = what === 'revealed'
      return {
        icon: changeIcons[what] ?? (what.startsWith('identity') ? 'phone' : icon),
        title: (
          <>
            <b>{changes[what] ?? (field ? w.changeOf(field) : w.changeOther)}</b>
            {isReveal ? item.by && w.revealedTo(item.by) : value && w.changeTo(value)}
            {!isReveal && item.by && w.by(item.by)}
          </>
        ),
        sub: isReveal ? [item.value, w.inAudit].filter(Boolean).join(guest.stop) : undefined,
      }
    }
    default:
      return {
        icon,
        title: (
          <>
            <b>{w.interaction[item.kind]}</b>
            {item.by && w.by(item.by)}
            {item.correctsId && w.correction}
          </>
        ),
        quote: item.text,
      }
  }
}

const messageWord = (words: Record<string, string>, kind: string) => words[kind]
