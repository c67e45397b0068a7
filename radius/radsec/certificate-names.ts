import type { X509Certificate } from 'node:crypto'
import { parseTlsIdentity } from '../../db/values/tls-identity.ts'

/**
 * By what a certificate may be registered, the surest first: its SHA-256 fingerprint, the names of its
 * subjectAltName, then CN (RFC 6614 §2.3, RFC 6125 §6.4.4). Only for one that our own authority has signed.
 */
export function certificateNames(certificate: X509Certificate): string[] {
  const names = [...alternativeNames(certificate.subjectAltName), ...commonNames(certificate)]
    .flatMap((name) => parseTlsIdentity(name) ?? [])
    // A name that looks like a fingerprint would pass for the one of another certificate.
    .filter((name) => !/^[0-9a-f]{64}$/.test(name))
  return [...new Set([certificate.fingerprint256.replaceAll(':', '').toLowerCase(), ...names])]
}

/** Node writes them as `DNS:ap1.example, IP Address:192.0.2.1`, and in JSON what holds a comma or a quote. */
function alternativeNames(text: string | undefined): string[] {
  const names: string[] = []
  for (const [, value = ''] of (text ?? '').matchAll(
    /(?:^|, )(?:DNS|IP Address|URI|email):("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/g,
  )) {
    if (!value.startsWith('"')) names.push(value)
    else if (isJsonText(value)) names.push(JSON.parse(value))
  }
  return names
}

function isJsonText(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'string'
  } catch {
    return false
  }
}

function commonNames(certificate: X509Certificate): string[] {
  const { CN } = certificate.toLegacyObject().subject as { CN?: string | string[] }
  return CN === undefined ? [] : [CN].flat()
}
