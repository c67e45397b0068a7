import { and, desc, eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Tx } from '../index.ts'
import { devices } from '../schema/guests.ts'
import { newId } from '../values/id.ts'
import { isRandomisedMac, type Mac } from '../values/mac.ts'

export type Device = typeof devices.$inferSelect

/** The device with this address, now this guest's: whoever proved a number on it last has it. */
export async function claimDevice(tx: Tx, ctx: Ctx, guestId: string, mac: Mac): Promise<Device> {
  const [device] = await tx
    .insert(devices)
    .values({
      merchantId: ctx.merchantId,
      id: newId('dev'),
      guestId,
      mac,
      isRandomised: isRandomisedMac(mac),
      firstSeenAt: ctx.now,
      lastSeenAt: ctx.now,
    })
    .onConflictDoUpdate({
      target: [devices.merchantId, devices.mac],
      set: { guestId, lastSeenAt: ctx.now, forgottenAt: null },
    })
    .returning()
  return device as Device
}

/** The devices of a guest, last seen first. */
export function devicesOf(tx: Tx, ctx: Ctx, guestId: string): Promise<Device[]> {
  return tx
    .select()
    .from(devices)
    .where(and(eq(devices.merchantId, ctx.merchantId), eq(devices.guestId, guestId)))
    .orderBy(desc(devices.lastSeenAt))
}
