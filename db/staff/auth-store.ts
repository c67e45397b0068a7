import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import type { Db } from '../index.ts'
import {
  authAccounts,
  authCredentials,
  authRateLimits,
  authSessions,
  authTwoFactors,
  authVerifications,
} from '../schema/auth.ts'

/** Where the sign-in library keeps accounts, sessions and second factors: its names, our tables. */
export const authStore = (db: Db) =>
  drizzleAdapter(db.system, {
    provider: 'pg',
    transaction: true,
    schema: {
      user: authAccounts,
      session: authSessions,
      account: authCredentials,
      verification: authVerifications,
      twoFactor: authTwoFactors,
      rateLimit: authRateLimits,
    },
  })
