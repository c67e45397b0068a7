/**
 * How a certificate is named: 64 hexadecimal digits of its SHA-256 fingerprint, with or without colons and `sha256:`,
 * or a name it carries (subjectAltName or CN). Canonical: lower case, no colons.
 * @returns undefined where it is neither.
 */
export function parseTlsIdentity(text: string): string | undefined {
  const trimmed = text.normalize('NFC').trim()
  const digits = trimmed.replace(/^sha-?256(?:[ _]?fingerprint)?[:= ]\s*/i, '').replace(/[:\s]/g, '')
  if (/^[0-9a-f]{64}$/i.test(digits)) return digits.toLowerCase()
  if (trimmed.length === 0 || Buffer.byteLength(trimmed) > 253 || /\p{Cc}/u.test(trimmed)) return undefined
  return trimmed.toLowerCase()
}
