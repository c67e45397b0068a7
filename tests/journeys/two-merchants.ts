import type { Hono } from 'hono'
import type postgres from 'postgres'
import { addInteraction } from '../../db/crm/interactions.ts'
import { queueMessage } from '../../db/crm/messages.ts'
import { type Db, transaction } from '../../db/index.ts'
import { insertNas } from '../../db/network/nas.ts'
import type { Site } from '../../db/network/sites.ts'
import { inviteMember } from '../../db/staff/invitations.ts'
import { type Asker, addSite, member, program } from '../admin/askers.ts'
import { cameBy, dayMs, stay } from '../admin/stays.ts'
import { openShop, type Shop } from '../support/people.ts'

/** Ids and values of one merchant by what they are: `site`, `guest`, … */
export type Belongings = Record<string, string[]>
export type Merchant = {
  shop: Shop
  second: Site
  /** A word that stands in every text of this merchant and in no other's. */
  marker: string
  askers: Asker[]
}

/** A merchant with two sites, guests, visits, notes, messages, gateways, staff of every kind, and keys. */
export async function settle(db: Db, app: Hono, marker: string, digit: number): Promise<Merchant> {
  const shop = await openShop(db, { name: `${marker} Teahouse` })
  const second = await addSite(shop, `${marker} Two`)
  const { ctx } = shop
  const now = Date.now()
  for (let index = 0; index < 6; index++) {
    const mac = `0600000${digit}000${index}`
    const site = index % 2 ? second : shop.site
    const at = new Date(now - (index + 1) * dayMs)
    const guestId = await cameBy(shop, {
      phone: `139${digit}0001${digit}1${index}`,
      mac,
      name: `${marker} Guest ${index}`,
      at,
      site,
    })
    await stay(shop, mac, at, 1800, site)
    await addInteraction(ctx, {
      guestId,
      kind: index % 2 ? 'note' : 'complaint',
      text: `${marker} said something`,
      siteId: site.id,
    })
    await transaction(ctx, (tx) =>
      queueMessage(tx, ctx, {
        to: `+86139${digit}0001${digit}1${index}`,
        text: `${marker}: 1234${digit}${index}`,
        kind: 'code',
        segments: 1,
        siteId: site.id,
      }),
    )
  }
  await transaction(ctx, (tx) =>
    insertNas(
      tx,
      ctx,
      second.id,
      {
        gateway: 'opennds',
        name: `${marker} roof`,
        nasIdentifier: `${marker}-roof`,
        secret: `${marker} secret`,
      },
      8,
    ),
  )
  await inviteMember(ctx, {
    name: `${marker} Newcomer`,
    email: `new${digit}@example.com`,
    role: 'staff',
    siteIds: [second.id],
  })
  const askers = [
    await member(app, ctx, 'owner'),
    await member(app, ctx, 'manager', [second.id]),
    await member(app, ctx, 'staff', [second.id]),
    await program(app, ctx),
    await program(app, ctx, true),
  ]
  // One more of each that a request may end without an asker losing its right to ask.
  await member(app, ctx, 'staff')
  await program(app, ctx)
  return { shop, second, marker, askers }
}

const nounsByTable: Record<string, string> = {
  guests: 'guest',
  identities: 'identity',
  devices: 'device',
  sessions: 'session',
  sites: 'site',
  nas: 'nas',
  plans: 'plan',
  consent_texts: 'text',
  staff: 'staff',
  api_keys: 'key',
  interactions: 'interaction',
  messages: 'message',
  grants: 'grant',
  visits: 'visit',
  invitations: 'invitation',
  consents: 'consent',
}

/** All that can be named of a merchant, read by the owner of the database. */
export async function belongingsOf(
  owner: postgres.Sql,
  { shop, marker }: Merchant,
  digit: number,
): Promise<Belongings> {
  const m = shop.ctx.merchantId
  const found: Belongings = { merchant: [m], marker: [marker] }
  for (const [table, noun] of Object.entries(nounsByTable)) {
    const rows = await owner.unsafe<{ id: string }[]>(
      `select id from ${table} where merchant_id = $1 order by id`,
      [m],
    )
    found[noun] = rows.map(({ id }) => id)
  }
  found.slug = (await owner`select slug from sites where merchant_id = ${m}`).map((row) => row.slug)
  found.signedIn = (
    await owner`select s.id from auth_sessions s join staff t on t.account_id = s.user_id where t.merchant_id = ${m}`
  ).map((row) => row.id)
  found.phone = Array.from({ length: 6 }, (_, index) => `139${digit}0001${digit}1${index}`)
  found.lastFour = found.phone.map((phone) => phone.slice(-4))
  return found
}

/** How many rows a merchant has in each table, and a sum over all that stands in them; its accounts and jobs too. */
export async function fingerprint(owner: postgres.Sql, merchantId: string): Promise<Record<string, string>> {
  const tables = await owner<{ name: string; key: string }[]>`
    select c.relname as name, case c.relname when 'merchants' then 'id' else 'merchant_id' end as key from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and (c.relname = 'merchants' or exists (
      select from pg_attribute a where a.attrelid = c.oid and a.attname = 'merchant_id'))`
  const sums: Record<string, string> = {}
  const sum = async (name: string, from: string) => {
    const [row] = await owner.unsafe(
      `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as sum from ${from}`,
      [merchantId],
    )
    sums[name] = String(row?.sum)
  }
  for (const { name, key } of tables) await sum(name, `${name} t where ${key} = $1`)
  const accounts = 'select account_id from staff where merchant_id = $1'
  await sum('accounts', `auth_users t where id in (${accounts})`)
  await sum('passwords', `auth_credentials t where user_id in (${accounts})`)
  await sum('signed in', `auth_sessions t where user_id in (${accounts})`)
  await sum('jobs', `pgboss.job t where data::text like '%' || $1 || '%'`)
  return sums
}
