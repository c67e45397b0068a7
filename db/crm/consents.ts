import { createHash } from 'node:crypto'
import { and, desc, eq, inArray } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { invalid, notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { type ConsentPurpose, consents, consentTexts } from '../schema/consents.ts'
import { newId } from '../values/id.ts'

export type { ConsentPurpose }
export type ConsentText = typeof consentTexts.$inferSelect
export type Consent = typeof consents.$inferSelect
export type ConsentTexts = Record<ConsentPurpose, ConsentText>

/** SHA-256 over what the guest could read: label, newline, text. */
export const consentHash = (label: string, text: string) =>
  createHash('sha256').update(`${label}\n${text}`).digest('hex')

/** The newest text of each purpose in this language; in another language where this one has none. */
export async function currentTexts(tx: Tx, ctx: Ctx, locale: string): Promise<ConsentTexts> {
  const rows = await tx
    .selectDistinctOn([consentTexts.purpose, consentTexts.locale])
    .from(consentTexts)
    .where(eq(consentTexts.merchantId, ctx.merchantId))
    .orderBy(consentTexts.purpose, consentTexts.locale, desc(consentTexts.version))
  const pick = (purpose: ConsentPurpose) => {
    const own = rows.filter((row) => row.purpose === purpose)
    const text =
      own.find((row) => row.locale === locale) ??
      own.find((row) => row.locale.startsWith(locale.slice(0, 2))) ??
      own[0]
    if (!text) throw new Error(`merchant without a text for ${purpose}`)
    return text
  }
  return { terms: pick('terms'), marketing: pick('marketing') }
}

/** A new version of a text. What was agreed to before keeps its own version and hash. */
export function publishText(
  ctx: Ctx,
  input: { purpose: ConsentPurpose; locale: string; label: string; text: string },
): Promise<ConsentText> {
  return transaction(ctx, async (tx) => {
    const text = await insertText(tx, ctx, input)
    await record(tx, ctx, {
      action: 'consent-text.published',
      subject: text.id,
      detail: { purpose: text.purpose, locale: text.locale, version: text.version, hash: text.hash },
    })
    return text
  })
}

/** As `publishText`, inside a bigger transaction that writes its own audit row. */
export async function insertText(
  tx: Tx,
  ctx: Ctx,
  input: { purpose: ConsentPurpose; locale: string; label: string; text: string },
): Promise<ConsentText> {
  const label = input.label.trim()
  const text = input.text.trim()
  if (!label || label.length > 200) throw invalid('consent-text', 'label')
  if (!text || text.length > 20_000) throw invalid('consent-text', 'text')
  const [last] = await tx
    .select({ version: consentTexts.version })
    .from(consentTexts)
    .where(
      and(
        eq(consentTexts.merchantId, ctx.merchantId),
        eq(consentTexts.purpose, input.purpose),
        eq(consentTexts.locale, input.locale),
      ),
    )
    .orderBy(desc(consentTexts.version))
    .limit(1)
  const [row] = await tx
    .insert(consentTexts)
    .values({
      merchantId: ctx.merchantId,
      id: newId('txt'),
      purpose: input.purpose,
      locale: input.locale,
      version: (last?.version ?? 0) + 1,
      label,
      text,
      hash: consentHash(label, text),
      createdAt: ctx.now,
    })
    .returning()
  return row as ConsentText
}

/** All versions of all texts, newest first. */
export function listTexts(tx: Tx, ctx: Ctx): Promise<ConsentText[]> {
  return tx
    .select()
    .from(consentTexts)
    .where(eq(consentTexts.merchantId, ctx.merchantId))
    .orderBy(consentTexts.purpose, consentTexts.locale, desc(consentTexts.version))
}

export type ConsentEntry = {
  guestId: string
  purpose: ConsentPurpose
  action: 'granted' | 'denied' | 'withdrawn'
  text: Pick<ConsentText, 'id' | 'version' | 'hash' | 'locale'>
  surface: 'splash' | 'my-data' | 'panel' | 'sms' | 'import'
  siteId?: string
  mac?: string
  ip?: string
}

/** Appends one yes or no with its proof. Nothing is ever changed or removed here. */
export async function recordConsent(tx: Tx, ctx: Ctx, entry: ConsentEntry): Promise<Consent> {
  const [row] = await tx
    .insert(consents)
    .values({
      merchantId: ctx.merchantId,
      id: newId('cns'),
      guestId: entry.guestId,
      purpose: entry.purpose,
      action: entry.action,
      textId: entry.text.id,
      textVersion: entry.text.version,
      textHash: entry.text.hash,
      locale: entry.text.locale,
      surface: entry.surface,
      siteId: entry.siteId ?? null,
      mac: entry.mac ?? null,
      ip: entry.ip ?? null,
      actor: { ...ctx.actor },
      at: ctx.now,
    })
    .returning()
  return row as Consent
}

/** The newest word of a guest on each purpose. */
export async function consentsNow(
  tx: Tx,
  ctx: Ctx,
  guestIds: string[],
): Promise<Map<string, Partial<Record<ConsentPurpose, Consent>>>> {
  const found = new Map<string, Partial<Record<ConsentPurpose, Consent>>>()
  if (guestIds.length === 0) return found
  const rows = await tx
    .selectDistinctOn([consents.guestId, consents.purpose])
    .from(consents)
    .where(and(eq(consents.merchantId, ctx.merchantId), inArray(consents.guestId, guestIds)))
    .orderBy(consents.guestId, consents.purpose, desc(consents.at), desc(consents.id))
  for (const row of rows) found.set(row.guestId, { ...found.get(row.guestId), [row.purpose]: row })
  return found
}

/** A guest takes back a yes. As easy as giving it, and never ends the Wi-Fi. */
export function withdrawConsent(
  ctx: Ctx,
  input: { guestId: string; purpose: ConsentPurpose; surface: ConsentEntry['surface'] },
): Promise<Consent | undefined> {
  return transaction(ctx, async (tx) => {
    const now = (await consentsNow(tx, ctx, [input.guestId])).get(input.guestId)?.[input.purpose]
    if (now?.action !== 'granted') return undefined
    const [text] = await tx
      .select()
      .from(consentTexts)
      .where(and(eq(consentTexts.merchantId, ctx.merchantId), eq(consentTexts.id, now.textId)))
    if (!text) throw notFound('consent-text')
    const row = await recordConsent(tx, ctx, { ...input, action: 'withdrawn', text })
    await record(tx, ctx, {
      action: 'consent.withdrawn',
      subject: input.guestId,
      detail: { purpose: input.purpose },
    })
    return row
  })
}
