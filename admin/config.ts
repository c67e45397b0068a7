/** What the admin wing is told at its start; main.ts takes it from config.ts. */
export type AdminConfig = {
  /** How browsers reach this service; unset: whatever name they used. */
  publicUrl?: string
  /** Where HTTP listens; names this service where `publicUrl` is unset. */
  port: number
  /** Which messenger carries texts; `outbox` shows codes in the panel. */
  messenger: string
  /** Shortest RADIUS secret allowed, in octets. */
  secretMin: number
  radius: { authPort: number; acctPort: number }
  trustedProxies: readonly string[]
  /** Signs session cookies and seals second-factor secrets; at least 32 octets. */
  authSecret: Buffer
  version: string
}

/** Facts first, then a sentence. Never personal data. */
export type Log = {
  info(facts: object, text: string): void
  warn(facts: object, text: string): void
  error(facts: object, text: string): void
}

/** The address of this service for people: the configured one, else this machine by its port. */
export const publicUrlOf = (config: Pick<AdminConfig, 'publicUrl' | 'port'>) =>
  config.publicUrl ?? `http://localhost:${config.port}`
