import type postgres from 'postgres'
import type { Ctx } from './context.ts'
import type { DemoGuest, DemoVisit } from './demo-guests.ts'
import type { Site } from './network/sites.ts'
import { newId } from './values/id.ts'
import { blindIndex, seal } from './values/keys.ts'
import { isRandomisedMac } from './values/mac.ts'

export type DemoSite = Site & { nasId: string }
export type DemoTexts = Record<'terms' | 'marketing', { id: string; hash: string }>
type Row = Record<string, unknown>

/** One batch of guests with all that belongs to them, in one transaction. Returns how many visits. */
export async function writeGuests(
  sql: postgres.Sql,
  ctx: Ctx,
  sites: DemoSite[],
  texts: DemoTexts,
  crowd: DemoGuest[],
): Promise<number> {
  const people = crowd.map((guest) => personOf(guest, sites, ctx.now))
  const stays = people.flatMap((person) => staysOf(person, sites, ctx.now))
  const withBirthday = people.filter(({ guest }) => guest.birthday)
  // In the order in which each finds what it refers to.
  const tables: [string, Row[]][] = [
    ['guests', people.map((person) => guestRow(person))],
    ['identities', people.map((person) => identityRow(ctx, person))],
    ['devices', people.map((person) => deviceRow(person))],
    ['consents', people.flatMap((person) => consentRows(person, texts))],
    ['grants', stays.flatMap(grantRows)],
    ['visits', stays.map(visitRow)],
    ['sessions', stays.map(sessionRow)],
    ['guest_fields', withBirthday.map((person) => birthdayRow(person))],
    ['interactions', people.flatMap(noteRows)],
  ]
  await sql.begin(async (tx) => {
    for (const [table, rows] of tables) await insertRows(tx, table, ctx.merchantId, rows)
  })
  return stays.length
}

type Person = {
  guest: DemoGuest
  id: string
  deviceId: string
  first: DemoVisit
  firstSite: DemoSite
  lastAt: Date
}
type Stay = DemoVisit & {
  person: Person
  id: string
  nth: number
  grantId: string | null
  atSite: DemoSite
  end: Date
}

function personOf(guest: DemoGuest, sites: DemoSite[], now: Date): Person {
  const first = guest.visits[0] as DemoVisit
  const last = guest.visits.at(-1) as DemoVisit
  return {
    guest,
    id: newId('gst', first.at.getTime()),
    deviceId: newId('dev'),
    first,
    firstSite: sites[first.site] as DemoSite,
    lastAt: endOf(last, now),
  }
}

const staysOf = (person: Person, sites: DemoSite[], now: Date): Stay[] =>
  person.guest.visits.map((visit, index) => ({
    ...visit,
    person,
    id: newId('vis', visit.at.getTime()),
    nth: index + 1,
    grantId: index === 0 ? newId('grt', visit.at.getTime()) : null,
    atSite: sites[visit.site] as DemoSite,
    end: endOf(visit, now),
  }))

const endOf = (visit: DemoVisit, now: Date) =>
  visit.stillHere ? now : new Date(Math.min(now.getTime(), visit.at.getTime() + visit.seconds * 1000))

const guestRow = ({ guest, id, first, firstSite, lastAt }: Person): Row => ({
  id,
  name: guest.name,
  locale: guest.locale,
  first_seen_at: first.at,
  last_seen_at: lastAt,
  visit_count: guest.visits.length,
  first_site_id: firstSite.id,
  created_at: first.at,
})

const identityRow = ({ merchantId }: Ctx, { guest, id, first, lastAt }: Person): Row => ({
  id: newId('idn'),
  guest_id: id,
  kind: 'phone',
  value_sealed: seal(guest.phone),
  value_index: hex(blindIndex(merchantId, 'phone', guest.phone)),
  last_four_index: hex(blindIndex(merchantId, 'last-four', guest.phone.slice(-4))),
  country: 'CN',
  source: 'sign-in',
  verified_at: lastAt,
  created_at: first.at,
})

/** bytea in text. */
const hex = (bytes: Buffer) => `\\x${bytes.toString('hex')}`

const deviceRow = ({ guest, id, deviceId, first, lastAt }: Person): Row => ({
  id: deviceId,
  guest_id: id,
  mac: guest.mac,
  is_randomised: isRandomisedMac(guest.mac),
  first_seen_at: first.at,
  last_seen_at: lastAt,
})

const consentRows = ({ guest, id, first, firstSite }: Person, texts: DemoTexts): Row[] =>
  (['terms', 'marketing'] as const).map((purpose) => ({
    id: newId('cns', first.at.getTime()),
    guest_id: id,
    purpose,
    action: purpose === 'terms' || guest.marketing ? 'granted' : 'denied',
    text_id: texts[purpose].id,
    text_version: 1,
    text_hash: texts[purpose].hash,
    locale: 'zh-CN',
    surface: 'splash',
    site_id: firstSite.id,
    mac: guest.mac,
    actor: { kind: 'guest' },
    at: first.at,
  }))

/** What a guest got who signed in: the way in, some seconds after the splash, and the right to be remembered. */
function grantRows({ grantId, at, atSite, person }: Stay): Row[] {
  if (!grantId) return []
  const later = (seconds: number) => new Date(at.getTime() + seconds * 1000)
  const { mac } = person.guest
  const typing = 6 + (Number.parseInt(mac.slice(-2), 16) % 26)
  const own = {
    guest_id: person.id,
    device_id: person.deviceId,
    site_id: atSite.id,
    nas_id: atSite.nasId,
    mac,
    starts_at: at,
    created_at: later(-1),
  }
  const planId = atSite.planId
  const wayIn = { admits: 'credential', method: 'sms', plan_id: planId, ends_at: later(7200) }
  const right = { admits: 'mac', method: 'remembered', plan_id: atSite.rememberedPlanId ?? planId }
  const untilDay = later(atSite.rememberedDays * 86_400)
  return [
    { ...own, ...wayIn, id: grantId, came_at: later(-typing), bound_at: at, bound_mac: mac },
    {
      ...own,
      ...right,
      id: newId('grt', at.getTime()),
      ends_at: untilDay,
      came_at: null,
      bound_at: null,
      bound_mac: null,
    },
  ]
}

const visitRow = ({ id, person, atSite, nth, at, end }: Stay): Row => ({
  id,
  guest_id: person.id,
  site_id: atSite.id,
  nth,
  started_at: at,
  ended_at: end,
})

function sessionRow({ id, person, atSite, grantId, at, end, octets, stillHere }: Stay): Row {
  const sessionId = newId('ses', at.getTime())
  return {
    id: sessionId,
    site_id: atSite.id,
    nas_id: atSite.nasId,
    acct_session_id: sessionId,
    calling_station_id: person.guest.mac,
    guest_id: person.id,
    device_id: person.deviceId,
    visit_id: id,
    grant_id: grantId,
    started_at: at,
    updated_at: end,
    stopped_at: stillHere ? null : end,
    session_time_seconds: Math.max(0, Math.round((end.getTime() - at.getTime()) / 1000)),
    input_octets: String(octets / 8n),
    output_octets: String(octets),
    terminate_cause: stillHere ? null : 'User-Request',
  }
}

const birthdayRow = ({ guest, id, lastAt }: Person): Row => ({
  id: newId('fld'),
  guest_id: id,
  field: 'birthday',
  value: guest.birthday,
  source: 'demo',
  actor: { kind: 'job', name: 'demo' },
  at: lastAt,
})

const noteRows = ({ guest: { note }, id, lastAt }: Person): Row[] =>
  note
    ? [
        {
          id: newId('int'),
          guest_id: id,
          kind: note.kind,
          text: note.text,
          staff_name: 'Lin Xia',
          at: note.at ?? lastAt,
        },
      ]
    : []

/** Rows of one shape travel as one parameter; what they do not name keeps the default of its column. */
async function insertRows(tx: postgres.TransactionSql, table: string, merchantId: string, rows: Row[]) {
  if (rows.length === 0) return
  const text = JSON.stringify(rows.map((row) => ({ merchant_id: merchantId, ...row })))
  const columns = ['merchant_id', ...Object.keys(rows[0] ?? {})]
  await tx`insert into ${tx(table)} (${tx(columns)})
    select ${tx(columns)} from jsonb_populate_recordset(null::${tx(table)}, ${text}::text::jsonb)`
}
