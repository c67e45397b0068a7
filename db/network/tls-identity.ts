import { sql } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import { DomainError } from '../errors.ts'
import type { Tx } from '../index.ts'

/**
 * Makes sure that a certificate names one merchant, and there one gateway, or several with a NAS-Identifier each.
 * Two who claim the same one at the same time go one after the other. Throws `nas.tls-identity-taken`.
 */
export async function claimTlsIdentity(
  tx: Tx,
  ctx: Ctx,
  claim: { nasId: string; tlsIdentity: string; nasIdentifier: string | null },
): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${`tls ${claim.tlsIdentity}`}, 0))`)
  // Other merchants' gateways are out of a tenant's sight: the role is lent for this one question.
  const [before] = await tx.execute<{ role: string }>(sql`select current_user as role`)
  await tx.execute(sql`set local role doorman_system`)
  const [other] = await tx.execute(sql`
    select 1 from nas where tls_identity = ${claim.tlsIdentity} and removed_at is null and id <> ${claim.nasId}
      and (merchant_id <> ${ctx.merchantId} or nas_identifier is not distinct from ${claim.nasIdentifier}) limit 1`)
  await tx.execute(
    sql.raw(`set local role ${before?.role === 'doorman_tenant' ? 'doorman_tenant' : 'doorman_system'}`),
  )
  if (other) throw new DomainError('nas.tls-identity-taken')
}
