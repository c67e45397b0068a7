import type { Config } from '../../../config.ts'

export type State = 'ok' | 'warning' | 'fault'
/** One thing looked at: how it is, and where it is not well, what to do. */
export type Finding = { check: string; state: State; text: string; remedy?: string }

export const fine = (check: string, text: string): Finding => ({ check, state: 'ok', text })
export const warn = (check: string, text: string, remedy: string): Finding => ({
  check,
  state: 'warning',
  text,
  remedy,
})
export const fault = (check: string, text: string, remedy: string): Finding => ({
  check,
  state: 'fault',
  text,
  remedy,
})

/** `http://192.0.2.1:8080`, as this machine reaches itself. */
export const nearUrl = ({ http: { host, port } }: Config) =>
  `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${port}`

/** What an address answers, or undefined. */
export async function ask(url: string, init: RequestInit = {}): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(5000), redirect: 'manual' })
  } catch {
    return undefined
  }
}

export function ago(at: Date | string | null, now: Date): string {
  if (!at) return 'never'
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 1000))
  if (seconds < 120) return `${seconds} s ago`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min ago`
  return seconds < 172_800
    ? `${Math.round(seconds / 3600)} h ago`
    : `${Math.round(seconds / 86_400)} days ago`
}
