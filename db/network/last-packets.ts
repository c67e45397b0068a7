import { and, eq } from 'drizzle-orm'
import type { Ctx } from '../context.ts'
import type { Db, Tx } from '../index.ts'
import { nasLastPackets, type ShownAttribute, type ShownPacket } from '../schema/nas.ts'
import { arrayLiteral } from '../values/array.ts'

export type { ShownAttribute, ShownPacket }
export type LastPacket = { merchantId: string; nasId: string; at: Date; packet: ShownPacket }

/** Writes the last packets of many NAS in one statement. Of two processes the later packet stays. */
export async function recordLastPackets(db: Db, packets: LastPacket[]): Promise<void> {
  if (packets.length === 0) return
  await db.sql`
    insert into nas_last_packets as p (merchant_id, nas_id, at, packet)
      select t.merchant_id, t.nas_id, t.at, t.packet
        from unnest(${arrayLiteral(packets.map((p) => p.merchantId))}::text[], ${arrayLiteral(packets.map((p) => p.nasId))}::text[],
          ${arrayLiteral(packets.map((p) => p.at.toISOString()))}::timestamptz[],
          ${arrayLiteral(packets.map((p) => JSON.stringify(p.packet)))}::jsonb[]) as t(merchant_id, nas_id, at, packet)
        join nas n on n.merchant_id = t.merchant_id and n.id = t.nas_id
      on conflict (merchant_id, nas_id) do update set at = excluded.at, packet = excluded.packet where p.at < excluded.at`
}

/** The last packet of a gateway; undefined where none came. */
export async function lastPacketOf(
  tx: Tx,
  ctx: Ctx,
  nasId: string,
): Promise<{ at: Date; packet: ShownPacket } | undefined> {
  const [row] = await tx
    .select({ at: nasLastPackets.at, packet: nasLastPackets.packet })
    .from(nasLastPackets)
    .where(and(eq(nasLastPackets.merchantId, ctx.merchantId), eq(nasLastPackets.nasId, nasId)))
  return row
}
