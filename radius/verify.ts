import type { Secret } from './authenticator.ts'
import { codes } from './dictionary/index.ts'
import type { Neighbour } from './neighbours.ts'
import type { Packet } from './packet.ts'

export type Verified = { nas: Neighbour; secret: Secret; warning?: 'no-message-authenticator' }
export type Unverified = {
  reason: 'bad-authenticator' | 'bad-message-authenticator' | 'no-message-authenticator'
}

/** Who sent this, of those it may come from. Nothing is believed before a secret has verified it. */
export function verify(packet: Packet, candidates: readonly Neighbour[]): Verified | Unverified {
  return packet.code === codes['Accounting-Request']
    ? verifyAccounting(packet, candidates)
    : verifyAccess(packet, candidates)
}

/** RFC 2866 §3: the authenticator of an Accounting-Request is its signature. */
function verifyAccounting(packet: Packet, candidates: readonly Neighbour[]): Verified | Unverified {
  for (const nas of candidates) {
    const secret = nas.secrets.find((secret) => secret.verifiesRequest(packet))
    if (!secret) continue
    // RFC 3579 §3.2: one that is there is verified, over a zero authenticator.
    if (packet.has('Message-Authenticator') && !secret.verifiesMessage(packet, zeros)) break
    return { nas, secret }
  }
  return { reason: 'bad-authenticator' }
}

/** Message-Authenticator of an Access-Request or Status-Server, by the rule of its NAS (CVE-2024-3596). */
function verifyAccess(packet: Packet, candidates: readonly Neighbour[]): Verified | Unverified {
  if (packet.has('Message-Authenticator')) {
    for (const nas of candidates) {
      const secret = nas.secrets.find((secret) => secret.verifiesMessage(packet, packet.authenticator))
      if (secret) return { nas, secret }
    }
    return { reason: 'bad-message-authenticator' }
  }
  const [nas] = candidates
  const secret = nas?.secrets[0]
  const mustHave =
    packet.code === codes['Status-Server'] || // RFC 5997 §2
    packet.has('EAP-Message') || // RFC 3579 §3.1
    packet.has('Proxy-State') || // what the attack hides its collision in
    nas?.messageAuthenticator === 'require' ||
    (nas?.messageAuthenticator === 'auto' && nas.messageAuthenticatorSeen)
  // RFC 3579 §3.3: without a password either, nothing in it was made with the secret.
  const nothingSigned = !packet.has('User-Password') && !packet.has('CHAP-Password')
  if (!nas || !secret || mustHave || nothingSigned || candidates.length > 1)
    return { reason: 'no-message-authenticator' }
  return { nas, secret, warning: 'no-message-authenticator' }
}

const zeros = Buffer.alloc(16)
