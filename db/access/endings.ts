import { and, eq, isNull } from 'drizzle-orm'
import { record } from '../audit.ts'
import type { Ctx } from '../context.ts'
import { notFound } from '../errors.ts'
import { type Tx, transaction } from '../index.ts'
import { enqueue } from '../jobs.ts'
import { grants, sessions } from '../schema/grants.ts'
import { devices } from '../schema/guests.ts'

/**
 * Ends every right of one device of a guest, the remembered one too, and asks the NAS to end its open sessions.
 * Revoking is certain, ejecting is an attempt.
 */
export function forgetDevice(ctx: Ctx, input: { guestId: string; deviceId: string }): Promise<void> {
  return transaction(ctx, async (tx) => {
    const [device] = await tx
      .update(devices)
      .set({ forgottenAt: ctx.now })
      .where(
        and(
          eq(devices.merchantId, ctx.merchantId),
          eq(devices.guestId, input.guestId),
          eq(devices.id, input.deviceId),
        ),
      )
      .returning({ id: devices.id })
    if (!device) throw notFound('device')
    const ended = await tx
      .update(grants)
      .set({ revokedAt: ctx.now })
      .where(
        and(
          eq(grants.merchantId, ctx.merchantId),
          eq(grants.guestId, input.guestId),
          eq(grants.deviceId, input.deviceId),
          isNull(grants.revokedAt),
        ),
      )
      .returning({ id: grants.id })
    const online = await tx
      .select({ id: sessions.id })
      .from(sessions)
      .where(
        and(
          eq(sessions.merchantId, ctx.merchantId),
          eq(sessions.guestId, input.guestId),
          eq(sessions.deviceId, input.deviceId),
          isNull(sessions.stoppedAt),
        ),
      )
    for (const session of online)
      await enqueue(tx, ctx, 'radius.disconnect', { merchantId: ctx.merchantId, sessionId: session.id })
    await record(tx, ctx, {
      action: 'device.forgotten',
      subject: input.guestId,
      detail: { deviceId: device.id, grants: ended.length },
    })
  })
}

/** Ends one grant now. The next Access-Request is refused whatever becomes of the Disconnect. */
export async function revokeGrant(tx: Tx, ctx: Ctx, grantId: string): Promise<void> {
  const [grant] = await tx
    .update(grants)
    .set({ revokedAt: ctx.now })
    .where(and(eq(grants.merchantId, ctx.merchantId), eq(grants.id, grantId), isNull(grants.revokedAt)))
    .returning({ id: grants.id })
  if (!grant) throw notFound('grant')
  await record(tx, ctx, { action: 'grant.revoked', subject: grantId })
}
