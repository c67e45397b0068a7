import { createCipheriv, createDecipheriv, createHmac, hash, hkdfSync, randomBytes } from 'node:crypto'

type Keys = {
  keyId: string
  sealing: Buffer
  index: Buffer
  codes: Buffer
  credentials: (text: string) => Buffer
  auth: Buffer
}
let keys: Keys | undefined

/**
 * Derives the keys of this installation from its secret key (HKDF-SHA-256, one label each).
 * Called once at start; everything sealed or indexed with another secret key can not be read with this one.
 * @param secretKey at least 32 bytes, kept outside the database.
 */
export function initKeys(secretKey: Buffer) {
  if (secretKey.length < 32) throw new Error('The secret key needs at least 32 bytes.')
  const derive = (label: string) => Buffer.from(hkdfSync('sha256', secretKey, 'doorman', label, 32))
  keys = {
    keyId: derive('key id').toString('hex').slice(0, 8),
    sealing: derive('sealing'),
    index: derive('blind index'),
    codes: derive('codes'),
    credentials: hmacSha256(derive('credentials')),
    auth: derive('staff sign-in'),
  }
}

function current(): Keys {
  if (!keys) throw new Error('initKeys has not been called')
  return keys
}

/** Names the key in use without telling anything of it; stands in each sealed value and in backups. */
export const keyId = () => current().keyId

/** Signs and seals the sign-ins of staff. */
export const authKey = () => current().auth

/** AES-256-GCM with a random nonce: `keyId.base64url(nonce | tag | ciphertext)`. */
export function seal(text: string): string {
  const { keyId, sealing } = current()
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce)
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return `${keyId}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')}`
}

/** Opens what `seal` made. Throws where the key is another one or a bit was changed. */
export function open(sealed: string): string {
  const { keyId, sealing } = current()
  const [id, body] = sealed.split('.')
  if (id !== keyId || !body) throw new Error(`Sealed with key ${id}; this installation has key ${keyId}.`)
  const bytes = Buffer.from(body, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', sealing, bytes.subarray(0, 12))
  decipher.setAuthTag(bytes.subarray(12, 28))
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8')
}

/**
 * Keyed blind index (HMAC-SHA-256, 16 bytes): equal values of one merchant and purpose give equal bytes, and
 * nobody without the key can test a guess. Merchants can not be joined on it.
 */
export function blindIndex(
  merchantId: string,
  purpose: 'phone' | 'last-four' | 'prefix' | 'email' | 'wechat',
  value: string,
): Buffer {
  return createHmac('sha256', current().index)
    .update(`${merchantId}\n${purpose}\n${value}`)
    .digest()
    .subarray(0, 16)
}

/** HMAC of a one-time code with its number and challenge (ASVS 2.7.5: a plain hash of 10^6 candidates is worthless). */
export function codeHash(challengeId: string, phone: string, code: string): Buffer {
  return createHmac('sha256', current().codes).update(`${challengeId}\n${phone}\n${code}`).digest()
}

/** The code of a challenge: derived, so that a resend repeats it and the database never holds it. */
export function deriveDigits(label: string, count: number): string {
  for (let round = 0; ; round++) {
    const bytes = createHmac('sha256', current().codes).update(`digits\n${label}\n${round}`).digest()
    const number = bytes.readUIntBE(0, 6)
    const size = 10 ** count
    // Rejection keeps every digit equally likely.
    if (number < Math.floor(2 ** 48 / size) * size) return String(number % size).padStart(count, '0')
  }
}

/** HMAC under the credential key; see credential.ts. */
export const credentialDigest = (text: string) => current().credentials(text)

/**
 * HMAC-SHA-256 (RFC 2104 §2) of many short texts with one key of at most 64 octets. Every credential that is asked about
 * needs one, and `createHmac` makes a key object each time: 11 µs in Node 24 where two one-shot digests take 2.
 */
export function hmacSha256(key: Buffer): (text: string) => Buffer {
  const inner = Buffer.alloc(64 + 1024)
  const outer = Buffer.alloc(64 + 32)
  for (let index = 0; index < 64; index++) {
    inner[index] = (key[index] ?? 0) ^ 0x36
    outer[index] = (key[index] ?? 0) ^ 0x5c
  }
  return (text) => {
    const octets = Buffer.byteLength(text)
    // A longer one has no place in the buffer: it gets one of its own.
    const message = octets > 1024 ? Buffer.concat([inner, Buffer.alloc(octets - 1024)]) : inner
    message.write(text, 64)
    outer.set(hash('sha256', message.subarray(0, 64 + octets), 'buffer'), 64)
    return hash('sha256', outer, 'buffer')
  }
}
