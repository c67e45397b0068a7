import { eq } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { type MerchantSettings, merchants } from '../schema/merchants.ts'

export type Merchant = typeof merchants.$inferSelect
export type { MerchantSettings }

export async function findMerchant(tx: Tx, ctx: Ctx): Promise<Merchant> {
  const [merchant] = await tx.select().from(merchants).where(eq(merchants.id, ctx.merchantId))
  if (!merchant) throw notFound('merchant')
  return merchant
}

export function changeMerchant(
  ctx: Ctx,
  input: Partial<Pick<Merchant, 'name' | 'locale' | 'country' | 'settings'>>,
): Promise<Merchant> {
  return transaction(ctx, async (tx) => {
    if (Object.keys(input).length === 0) return findMerchant(tx, ctx)
    const [merchant] = await tx
      .update(merchants)
      .set(input)
      .where(eq(merchants.id, ctx.merchantId))
      .returning()
    if (!merchant) throw notFound('merchant')
    await record(tx, ctx, {
      action: 'merchant.changed',
      subject: ctx.merchantId,
      detail: { fields: Object.keys(input) },
    })
    return merchant
  })
}
