import type { Words } from '../splash/words/index.ts'

// GSM 03.38 basic set; the extension table costs two septets a character.
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
)
const extension = new Set('\f^{}\\[~]|€')

/** SMS segments of a text: 160/153 septets where GSM 7-bit holds it, else 70/67 UTF-16 units (3GPP TS 23.038). */
export function segmentsOf(text: string): number {
  const isGsm = [...text].every((char) => basic.has(char) || extension.has(char))
  const length = isGsm ? [...text].reduce((sum, char) => sum + (extension.has(char) ? 2 : 1), 0) : text.length
  const [one, many] = isGsm ? [160, 153] : [70, 67]
  return length <= one ? 1 : Math.ceil(length / many)
}

/**
 * The text of a code message in one segment. Its last line binds the code to our host, so that a phone fills it in on
 * our page only: exactly `@host #123456` (https://wicg.github.io/sms-one-time-codes/), which works over https alone.
 */
export function codeText(
  words: Words,
  brand: string,
  code: string,
  publicUrl: string | undefined,
): { text: string; segments: number } {
  const line = boundLine(publicUrl, code)
  const name = words.lang === 'en' ? plain(brand) : brand
  for (const body of [
    words.sms.code(name, code),
    ...[16, 10, 6, 4].map((length) => words.sms.code([...name].slice(0, length).join('').trim(), code)),
    words.sms.short(code),
  ])
    if (segmentsOf(body + line) === 1) return { text: body + line, segments: 1 }
  const text = words.sms.code([...name].slice(0, 16).join(''), code)
  return { text, segments: segmentsOf(text) }
}

function boundLine(publicUrl: string | undefined, code: string): string {
  if (!publicUrl?.startsWith('https://')) return ''
  const { hostname } = new URL(publicUrl)
  return `\n@${hostname} #${code}`
}

/** Letters an English message can carry in one segment; a name that has none is left out. */
function plain(name: string): string {
  const kept = [...name.normalize('NFC').replace(/[‘’]/g, "'")]
    .filter((char) => basic.has(char) && char !== '@' && char !== '#')
    .join('')
  return kept.replace(/\s+/g, ' ').trim() || 'Guest'
}
