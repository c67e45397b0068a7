import type { Admission } from '../db/access/admit.ts'
import type { GatewayFamily } from '../db/network/nas.ts'
import { chilliSpot, mikrotik, wispr } from './dictionary/vendors.ts'
import type { Writer } from './writer.ts'

/**
 * The limits of a grant as reply attributes, each family in its own words: standard ones and WISPr for all, vendor
 * ones only where the vendor is ours. Pure. RFC 2865 §5.25, §5.27, §5.28, RFC 2869 §5.16, dictionaries of vendors.
 * @param acctInterimIntervalSeconds never below 60 (RFC 2869 §5.16).
 */
export function writeLimits(
  writer: Writer,
  admission: Admission,
  nas: { gateway: GatewayFamily | 'mikrotik'; acctInterimIntervalSeconds: number },
): void {
  const { bandwidthUpBps: up, bandwidthDownBps: down, octetsLeft } = admission
  writer.integer('Session-Timeout', Math.max(1, admission.sessionTimeoutSeconds))
  if (admission.idleTimeoutSeconds !== null) writer.integer('Idle-Timeout', admission.idleTimeoutSeconds)
  writer.integer('Acct-Interim-Interval', Math.max(60, nas.acctInterimIntervalSeconds))
  writer.text('Class', admission.grantId)
  if (up !== null) writer.vendorInteger(wispr.vendor, wispr['WISPr-Bandwidth-Max-Up'], up)
  if (down !== null) writer.vendorInteger(wispr.vendor, wispr['WISPr-Bandwidth-Max-Down'], down)
  // The UAM redirect is spoken by CoovaChilli and by MikroTik alike, and each skips the other's attributes.
  const vendor = chilliSpot.vendor
  if (up !== null)
    writer.vendorInteger(vendor, chilliSpot['ChilliSpot-Bandwidth-Max-Up'], Math.ceil(up / 1000))
  if (down !== null)
    writer.vendorInteger(vendor, chilliSpot['ChilliSpot-Bandwidth-Max-Down'], Math.ceil(down / 1000))
  if (up !== null || down !== null)
    writer.vendor(mikrotik.vendor, mikrotik['Mikrotik-Rate-Limit'], rateLimit(up, down))
  if (octetsLeft === null) return
  const low = Number(octetsLeft & 0xffffffffn)
  const high = Number((octetsLeft >> 32n) & 0xffffffffn)
  writer.vendorInteger(vendor, chilliSpot['ChilliSpot-Max-Total-Octets'], low)
  writer.vendorInteger(mikrotik.vendor, mikrotik['Mikrotik-Total-Limit'], low)
  if (high === 0) return
  writer.vendorInteger(vendor, chilliSpot['ChilliSpot-Max-Total-Gigawords'], high)
  writer.vendorInteger(mikrotik.vendor, mikrotik['Mikrotik-Total-Limit-Gigawords'], high)
}

/** MikroTik's spelling; 0 is 'no limit'. */
const rate = (bps: number | null) => (bps === null ? '0' : bps % 1000 === 0 ? `${bps / 1000}k` : String(bps))

/** The spelling that was asked for last: a shop has few plans. */
let spelt: { up: number | null; down: number | null; octets: Buffer } | undefined
function rateLimit(up: number | null, down: number | null): Buffer {
  if (spelt?.up !== up || spelt.down !== down)
    spelt = { up, down, octets: Buffer.from(`${rate(up)}/${rate(down)}`) }
  return spelt.octets
}
