import type postgres from 'postgres'
import type { Ctx } from './context.ts'
import { insertText } from './crm/consents.ts'
import { firstTexts } from './crm/first-texts.ts'
import { type DemoGuest, demoGuests, dice } from './demo-guests.ts'
import { setTheScene } from './demo-today.ts'
import { DomainError } from './errors.ts'
import { type Db, systemTransaction, transaction } from './index.ts'
import { insertNas } from './network/nas.ts'
import { recordNasNews } from './network/nas-health.ts'
import { insertPlan } from './network/plans.ts'
import { findSiteBySlug, insertSite, type Site } from './network/sites.ts'
import { merchants } from './schema/merchants.ts'
import { credentialSecret } from './values/credential.ts'
import { newId } from './values/id.ts'
import { blindIndex, seal } from './values/keys.ts'
import { isRandomisedMac } from './values/mac.ts'

export type DemoOptions = { guests: number; days: number; seed: number; now: Date }
export type DemoResult = { merchantId: string; sites: Site[]; guests: number; visits: number }

const slugs = ['qinglan-nanjing', 'qinglan-xujiahui', 'qinglan-jingan']

/**
 * Writes a believable tea-house chain: three sites, guests who come as guests do (few often, most seldom, some
 * never again) over `days` days, with visits, sessions, consents, notes and birthdays. The same seed gives the
 * same people. Throws `demo.exists` where its sites are there already.
 */
export async function seedDemo(
  db: Db,
  options: DemoOptions,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<DemoResult> {
  if (await findSiteBySlug(db, slugs[0] as string)) throw new DomainError('demo.exists')
  const { ctx, sites, texts } = await makeMerchant(db, options.now)
  const roll = dice(options.seed)
  const crowd = demoGuests(roll, options, sites.length)
  setTheScene(roll, crowd, options.now)
  let visits = 0
  for (let start = 0; start < crowd.length; start += 500) {
    const part = crowd.slice(start, start + 500)
    visits += await writeGuests(db.sql, ctx, sites, texts, part)
    onProgress(Math.min(crowd.length, start + part.length), crowd.length)
  }
  const heard = { authAt: options.now, acctAt: options.now, problems: new Map(), cleared: new Set<never>() }
  const news = sites.map(({ nasId }) => ({ merchantId: ctx.merchantId, nasId, ...heard }))
  await recordNasNews(db, news, options.now)
  await db.sql`analyze`.catch(() => {}) // Only an owner of tables may; statistics come by themselves otherwise.
  return { merchantId: ctx.merchantId, sites, guests: crowd.length, visits }
}

type Texts = { terms: { id: string; hash: string }; marketing: { id: string; hash: string } }

async function makeMerchant(
  db: Db,
  now: Date,
): Promise<{ ctx: Ctx; sites: (Site & { nasId: string })[]; texts: Texts }> {
  const merchantId = newId('mer')
  await systemTransaction(db, (tx) =>
    tx
      .insert(merchants)
      .values({ id: merchantId, name: 'Qinglan 青岚', country: 'CN', locale: 'zh-CN', createdAt: now }),
  )
  const ctx: Ctx = { db, merchantId, actor: { kind: 'job', name: 'demo' }, now }
  return transaction(ctx, async (tx) => {
    const plan = await insertPlan(tx, ctx, { name: 'Guest' })
    const regular = await insertPlan(tx, ctx, {
      name: 'Regular',
      sessionTimeoutSeconds: 43_200,
      bandwidthUpBps: 20_000_000,
      bandwidthDownBps: 50_000_000,
      devicesMax: 4,
    })
    const sites: (Site & { nasId: string })[] = []
    for (const [index, name] of ['Nanjing Rd', 'Xujiahui', 'Jing’an'].entries()) {
      const slug = slugs[index] as string
      const site = await insertSite(tx, ctx, {
        name,
        slug,
        subtitle: `Tea house, ${name}`,
        planId: plan.id,
        rememberedPlanId: regular.id,
        ssid: 'Qinglan',
      })
      const gateway = {
        gateway: 'uam' as const,
        name: 'AP-1 counter',
        nasIdentifier: slug,
        secret: credentialSecret(slug),
        // Nothing reports these sessions after this; those of guests who are here now stay open for half a day.
        acctInterimIntervalSeconds: 14_400,
      }
      const { id } = await insertNas(tx, ctx, site.id, gateway, 8)
      sites.push({ ...site, nasId: id })
    }
    const texts: Partial<Texts> = {}
    for (const text of firstTexts('Qinglan 青岚')) {
      const row = await insertText(tx, ctx, text)
      if (text.locale === 'zh-CN') texts[text.purpose] = { id: row.id, hash: row.hash }
    }
    return { ctx, sites, texts: texts as Texts }
  })
}

/** One batch of guests with all that belongs to them, in one transaction. */
async function writeGuests(
  sql: postgres.Sql,
  ctx: Ctx,
  sites: (Site & { nasId: string })[],
  texts: Texts,
  crowd: DemoGuest[],
): Promise<number> {
  const m = ctx.merchantId
  const rows = crowd.map((guest) => ({
    guest,
    id: newId('gst', guest.visits[0]?.at.getTime()),
    deviceId: newId('dev'),
  }))
  const visits = rows.flatMap(({ guest, id, deviceId }) =>
    guest.visits.map((visit, index) => ({
      ...visit,
      id: newId('vis', visit.at.getTime()),
      sessionId: newId('ses', visit.at.getTime()),
      guestId: id,
      deviceId,
      mac: guest.mac,
      nth: index + 1,
      site: sites[visit.site] as Site & { nasId: string },
      end: visit.stillHere ? ctx.now : new Date(visit.at.getTime() + visit.seconds * 1000),
    })),
  )
  await sql.begin(async (tx) => {
    await tx`insert into guests ${tx(
      rows.map(({ guest, id }) => ({
        merchant_id: m,
        id,
        name: guest.name,
        locale: guest.locale,
        first_seen_at: (guest.visits[0] as DemoGuest['visits'][0]).at,
        last_seen_at: lastOf(guest, ctx.now),
        visit_count: guest.visits.length,
        first_site_id: (sites[guest.visits[0]?.site ?? 0] as Site).id,
        created_at: (guest.visits[0] as DemoGuest['visits'][0]).at,
      })),
    )}`
    await tx`insert into identities ${tx(
      rows.map(({ guest, id }) => ({
        merchant_id: m,
        id: newId('idn'),
        guest_id: id,
        kind: 'phone',
        value_sealed: seal(guest.phone),
        value_index: blindIndex(m, 'phone', guest.phone),
        last_four_index: blindIndex(m, 'last-four', guest.phone.slice(-4)),
        country: 'CN',
        source: 'sign-in',
        verified_at: lastOf(guest, ctx.now),
        created_at: (guest.visits[0] as DemoGuest['visits'][0]).at,
      })),
    )}`
    await tx`insert into devices ${tx(
      rows.map(({ guest, id, deviceId }) => ({
        merchant_id: m,
        id: deviceId,
        guest_id: id,
        mac: guest.mac,
        is_randomised: isRandomisedMac(guest.mac),
        first_seen_at: (guest.visits[0] as DemoGuest['visits'][0]).at,
        last_seen_at: lastOf(guest, ctx.now),
      })),
    )}`
    for (const part of slices(
      rows.flatMap(({ guest, id }) =>
        (['terms', 'marketing'] as const).map((purpose) => ({
          merchant_id: m,
          id: newId('cns', guest.visits[0]?.at.getTime()),
          guest_id: id,
          purpose,
          action: purpose === 'terms' || guest.marketing ? 'granted' : 'denied',
          text_id: texts[purpose].id,
          text_version: 1,
          text_hash: texts[purpose].hash,
          locale: 'zh-CN',
          surface: 'splash',
          site_id: (sites[guest.visits[0]?.site ?? 0] as Site).id,
          mac: guest.mac,
          actor: sql.json({ kind: 'guest' }),
          at: (guest.visits[0] as DemoGuest['visits'][0]).at,
        })),
      ),
    ))
      await tx`insert into consents ${tx(part)}`
    for (const part of slices(visits)) {
      await tx`insert into visits ${tx(
        part.map((visit) => ({
          merchant_id: m,
          id: visit.id,
          guest_id: visit.guestId,
          site_id: visit.site.id,
          nth: visit.nth,
          started_at: visit.at,
          ended_at: visit.end,
        })),
      )}`
      await tx`insert into sessions ${tx(
        part.map((visit) => ({
          merchant_id: m,
          id: visit.sessionId,
          site_id: visit.site.id,
          nas_id: visit.site.nasId,
          acct_session_id: visit.sessionId,
          calling_station_id: visit.mac,
          guest_id: visit.guestId,
          device_id: visit.deviceId,
          visit_id: visit.id,
          started_at: visit.at,
          updated_at: visit.end,
          stopped_at: visit.stillHere ? null : visit.end,
          session_time_seconds: Math.max(0, Math.round((visit.end.getTime() - visit.at.getTime()) / 1000)),
          input_octets: String(visit.octets / 8n),
          output_octets: String(visit.octets),
          terminate_cause: visit.stillHere ? null : 'User-Request',
        })),
      )}`
    }
    const fields = rows.filter(({ guest }) => guest.birthday)
    if (fields.length)
      await tx`insert into guest_fields ${tx(
        fields.map(({ guest, id }) => ({
          merchant_id: m,
          id: newId('fld'),
          guest_id: id,
          field: 'birthday',
          value: guest.birthday as string,
          source: 'demo',
          actor: sql.json({ kind: 'job', name: 'demo' }),
          at: lastOf(guest, ctx.now),
        })),
      )}`
    const notes = rows.filter(({ guest }) => guest.note)
    if (notes.length)
      await tx`insert into interactions ${tx(
        notes.map(({ guest, id }) => ({
          merchant_id: m,
          id: newId('int'),
          guest_id: id,
          kind: guest.note?.kind as string,
          text: guest.note?.text as string,
          staff_name: 'Lin Xia',
          at: guest.note?.at ?? lastOf(guest, ctx.now),
        })),
      )}`
  })
  return visits.length
}

/** A statement takes 65,535 parameters at the most. */
const slices = <T>(rows: T[], size = 2000): T[][] =>
  Array.from({ length: Math.ceil(rows.length / size) }, (_, index) =>
    rows.slice(index * size, (index + 1) * size),
  )

function lastOf(guest: DemoGuest, now: Date): Date {
  const last = guest.visits.at(-1) as DemoGuest['visits'][0]
  return last.stillHere ? now : new Date(Math.min(now.getTime(), last.at.getTime() + last.seconds * 1000))
}
