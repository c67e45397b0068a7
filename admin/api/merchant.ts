import { transaction } from '../../db/index.ts'
import { changeMerchant, findMerchant, type Merchant } from '../../db/network/merchants.ts'
import type { Handlers } from './handler.ts'
import type { Merchant as MerchantAnswer } from './schemas/merchant.ts'

export const merchantHandlers = {
  'GET /merchant': ({ ctx }) => transaction(ctx, async (tx) => answerOf(await findMerchant(tx, ctx))),

  'PATCH /merchant': async ({ ctx, body }) => {
    const { settings, ...rest } = body
    // What is not named in settings stays as it is.
    const before = settings && (await transaction(ctx, (tx) => findMerchant(tx, ctx))).settings
    return answerOf(
      await changeMerchant(ctx, {
        ...defined(rest),
        ...(settings ? { settings: { ...before, ...defined(settings) } } : {}),
      }),
    )
  },
} satisfies Pick<Handlers, 'GET /merchant' | 'PATCH /merchant'>

const answerOf = ({ id, name, country, locale, settings, createdAt }: Merchant): MerchantAnswer => ({
  id,
  name,
  country,
  locale,
  settings,
  createdAt: createdAt.toISOString(),
})

/** Without the keys that were left out: they must not overwrite anything. */
function defined<T extends object>(input: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}
