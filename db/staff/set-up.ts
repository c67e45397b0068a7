import { and, asc, eq, gt, isNull, lt, sql } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { insertText } from '../crm/consents.ts'
import { firstTexts } from '../crm/first-texts.ts'
import { DomainError } from '../errors.ts'
import { type Db, systemTransaction, type Tx } from '../index.ts'
import { insertPlan, listPlans } from '../network/plans.ts'
import { insertSite, type Site } from '../network/sites.ts'
import { merchants } from '../schema/merchants.ts'
import { sites } from '../schema/sites.ts'
import { setupCodes, staff } from '../schema/staff.ts'
import { newId } from '../values/id.ts'
import { findAccount, insertAccount } from './accounts.ts'
import { checkPassword } from './invitations.ts'
import { insertMember } from './members.ts'
import { hashOf, newSecretCode } from './one-time.ts'
import { hashPassword } from './passwords.ts'

/** Days a set-up link is good for; every start prints a new one while nobody owns the installation. */
const lifeDays = 7
/** Wrong codes after which every code printed so far is dead. */
const triesMax = 100

/** True as long as nobody owns this installation. */
export async function setupNeeded(db: Db | { system: Tx }): Promise<boolean> {
  const owners = await db.system
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.role, 'owner'), isNull(staff.endedAt)))
    .limit(1)
  return owners.length === 0
}

/** A new one-time code for the set-up link. Only its SHA-256 is kept. */
export async function issueSetupCode(db: Db, now: Date): Promise<string> {
  const code = newSecretCode()
  await db.system.delete(setupCodes).where(lt(setupCodes.createdAt, oldest(now)))
  await db.system.insert(setupCodes).values({ codeHash: hashOf(code), createdAt: now })
  return code
}

/** Whether a set-up code is good. A wrong one is counted against all that are out. */
export async function setupCodeIsGood(db: Db, code: string, now: Date): Promise<boolean> {
  const found = await db.system.select().from(setupCodes).where(goodCode(code, now))
  if (found.length === 1) return setupNeeded(db)
  await db.system
    .update(setupCodes)
    .set({ tries: sql`${setupCodes.tries} + 1` })
    .where(isNull(setupCodes.usedAt))
  return false
}

export type SetUp = {
  owner: { name: string; email: string; password: string }
  merchant: { name: string; country: string; locale: string }
  site: { name: string; slug?: string | undefined; timeZone?: string | undefined; ssid?: string | undefined }
}
export type SetUpDone = { merchantId: string; site: Site; staffId: string | undefined }

/**
 * The first owner, business and site by the one-time code, in one transaction. Of two at once one wins, the other is
 * told `setup.already-done`. Throws `setup.wrong-code`.
 */
export async function setUpByCode(db: Db, code: string, input: SetUp, now: Date): Promise<SetUpDone> {
  if (!(await setupCodeIsGood(db, code, now))) {
    if (!(await setupNeeded(db))) throw new DomainError('setup.already-done')
    throw new DomainError('setup.wrong-code', 403)
  }
  const passwordHash = await passwordHashOf(input)
  return systemTransaction(db, async (tx) => {
    await lockSetUp(tx)
    if (!(await setupNeeded({ system: tx }))) throw new DomainError('setup.already-done')
    const used = await tx
      .update(setupCodes)
      .set({ usedAt: now })
      .where(goodCode(code, now))
      .returning({ codeHash: setupCodes.codeHash })
    if (used.length !== 1) throw new DomainError('setup.wrong-code', 403)
    return ensureAll(tx, db, input, passwordHash, now)
  })
}

/**
 * The same from the command line of this machine, which needs no code. What is there by these names stays as it is;
 * a business that has an owner gets no second one.
 */
export async function setUp(db: Db, input: SetUp, now: Date): Promise<SetUpDone> {
  const passwordHash = await passwordHashOf(input)
  return systemTransaction(db, async (tx) => {
    await lockSetUp(tx)
    return ensureAll(tx, db, input, passwordHash, now)
  })
}

const passwordHashOf = ({ owner }: SetUp): Promise<string> => {
  checkPassword(owner.password)
  return hashPassword(owner.password)
}

const lockSetUp = (tx: Tx) => tx.execute(sql`select pg_advisory_xact_lock(hashtext('doorman.setup'))`)

const oldest = (now: Date) => new Date(now.getTime() - lifeDays * 86_400_000)

const goodCode = (code: string, now: Date) =>
  and(
    eq(setupCodes.codeHash, hashOf(code)),
    isNull(setupCodes.usedAt),
    lt(setupCodes.tries, triesMax),
    gt(setupCodes.createdAt, oldest(now)),
  )

async function ensureAll(tx: Tx, db: Db, input: SetUp, passwordHash: string, now: Date): Promise<SetUpDone> {
  const ctx: Ctx = { db, merchantId: newId('mer'), actor: { kind: 'job', name: 'setup' }, now }
  const merchantId = await ensureMerchant(tx, ctx, input.merchant)
  const own: Ctx = { ...ctx, merchantId }
  const site = await ensureSite(tx, own, input)
  const staffId = await ensureOwner(tx, own, input.owner, passwordHash)
  return { merchantId, site, staffId }
}

async function ensureMerchant(tx: Tx, ctx: Ctx, input: SetUp['merchant']): Promise<string> {
  const [there] = await tx
    .select({ id: merchants.id })
    .from(merchants)
    .where(eq(merchants.name, input.name))
    .orderBy(asc(merchants.createdAt))
    .limit(1)
  if (there) return there.id
  await tx.insert(merchants).values({ id: ctx.merchantId, ...input, createdAt: ctx.now })
  await record(tx, ctx, { action: 'merchant.added', subject: ctx.merchantId })
  for (const text of firstTexts(input.name)) {
    const { id, purpose, locale, version, hash } = await insertText(tx, ctx, text)
    const detail = { purpose, locale, version, hash }
    await record(tx, ctx, { action: 'consent-text.published', subject: id, detail })
  }
  return ctx.merchantId
}

async function ensureSite(tx: Tx, ctx: Ctx, { merchant, site }: SetUp): Promise<Site> {
  const [there] = await tx
    .select()
    .from(sites)
    .where(
      and(
        eq(sites.merchantId, ctx.merchantId),
        eq(sites.name, site.name),
        site.slug ? eq(sites.slug, site.slug) : undefined,
      ),
    )
    .limit(1)
  if (there) return there
  const [first] = await listPlans(tx, ctx)
  const plan =
    first ?? (await insertPlan(tx, ctx, { name: merchant.locale.startsWith('zh') ? '访客' : 'Guest' }))
  if (!first) await record(tx, ctx, { action: 'plan.added', subject: plan.id, detail: { name: plan.name } })
  const added = await insertSite(tx, ctx, {
    name: site.name,
    planId: plan.id,
    country: merchant.country,
    locale: merchant.locale,
    ...(site.slug ? { slug: site.slug } : {}),
    ...(site.timeZone ? { timeZone: site.timeZone } : {}),
    ...(site.ssid ? { ssid: site.ssid } : {}),
  })
  await record(tx, ctx, { action: 'site.added', subject: added.id, detail: { slug: added.slug } })
  return added
}

/** An owner where the business has none; one whose address has an account keeps that account's password. */
async function ensureOwner(
  tx: Tx,
  ctx: Ctx,
  owner: SetUp['owner'],
  passwordHash: string,
): Promise<string | undefined> {
  const [there] = await tx
    .select({ id: staff.id })
    .from(staff)
    .where(and(eq(staff.merchantId, ctx.merchantId), eq(staff.role, 'owner'), isNull(staff.endedAt)))
    .limit(1)
  if (there) return undefined
  const { name, email } = owner
  const account = await findAccount(tx, email)
  const accountId = account?.id ?? (await insertAccount(tx, { email, name, passwordHash, now: ctx.now }))
  const member = { id: newId('stf'), accountId, name, email: email.toLowerCase(), siteIds: null }
  await insertMember(tx, ctx, { ...member, role: 'owner' })
  await record(tx, ctx, { action: 'staff.joined', subject: member.id, detail: { role: 'owner' } })
  return member.id
}
