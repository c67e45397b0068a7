import { transaction } from '../../db/index.ts'
import { type ApiKey, issueApiKey, listApiKeys, revokeApiKey } from '../../db/staff/api-keys.ts'
import type { Handlers } from './handler.ts'
import type { ApiKey as ApiKeyAnswer } from './schemas/api-keys.ts'

export const apiKeyHandlers = {
  'GET /api-keys': ({ ctx }) =>
    transaction(ctx, async (tx) => {
      const items = (await listApiKeys(tx, ctx)).map(answerOf)
      return { items, total: items.length, nextCursor: null }
    }),

  'POST /api-keys': async ({ ctx, body }) => {
    const { key, ...issued } = await issueApiKey(ctx, body)
    return { ...answerOf(issued), key }
  },

  'DELETE /api-keys/:id': async ({ ctx, params }) => {
    await revokeApiKey(ctx, params.id)
    return { ok: true }
  },
} satisfies Pick<Handlers, 'GET /api-keys' | 'POST /api-keys' | 'DELETE /api-keys/:id'>

const answerOf = ({ id, name, hint, mayReveal, lastUsedAt, createdAt }: ApiKey): ApiKeyAnswer => ({
  id,
  name,
  hint,
  mayReveal,
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
  createdAt: createdAt.toISOString(),
})
