import type { Db } from '../index.ts'
import type { GatewayFamily, MessageAuthenticatorRule } from '../schema/nas.ts'
import { open } from '../values/keys.ts'

/** What RADIUS knows of a NAS, secrets in the clear: never leaves the process. */
export type KnownNas = {
  merchantId: string
  nasId: string
  siteId: string
  siteSlug: string
  gateway: GatewayFamily
  address: string | null
  nasIdentifier: string | null
  /** Fingerprint or name of its certificate over TLS. */
  tlsIdentity: string | null
  /** The secret, then a former one that is still good. */
  secrets: string[]
  /** When the former one stops being good. */
  formerSecretUntil: Date | null
  coaPort: number
  messageAuthenticator: MessageAuthenticatorRule
  messageAuthenticatorSeen: boolean
  macAuth: boolean
  acctInterimIntervalSeconds: number
}

type Row = Omit<KnownNas, 'secrets'> & { secretSealed: string; formerSecretSealed: string | null }

/**
 * Every NAS in service, of all merchants.
 * @param opened secrets that were opened the last time, by their sealed text: thousands need not be opened anew for one
 *   that changed. What is not in use any more is dropped from it.
 */
export async function loadKnownNas(db: Db, opened = new Map<string, string>()): Promise<KnownNas[]> {
  const rows = await db.sql<Row[]>`
    select merchant_id as "merchantId", id as "nasId", site_id as "siteId",
      (select s.slug from sites s where s.merchant_id = nas.merchant_id and s.id = nas.site_id) as "siteSlug", gateway, address,
      nas_identifier as "nasIdentifier", tls_identity as "tlsIdentity", coa_port as "coaPort", message_authenticator as "messageAuthenticator",
      message_authenticator_seen_at is not null as "messageAuthenticatorSeen", mac_auth as "macAuth",
      acct_interim_interval_seconds as "acctInterimIntervalSeconds", secret_sealed as "secretSealed",
      case when former_secret_until > now() then former_secret_sealed end as "formerSecretSealed",
      case when former_secret_until > now() then former_secret_until end as "formerSecretUntil"
    from nas where removed_at is null order by created_at, id`
  const before = new Map(opened)
  opened.clear()
  const openOnce = (sealed: string) => {
    const text = before.get(sealed) ?? open(sealed)
    opened.set(sealed, text)
    return text
  }
  return rows.map(({ secretSealed, formerSecretSealed, ...row }) => ({
    ...row,
    secrets: [secretSealed, formerSecretSealed].flatMap((sealed) => (sealed ? [openOnce(sealed)] : [])),
  }))
}

/**
 * Calls `onChange` after every change of any NAS, by any process, and once the connection is up again after it was
 * lost: what changed in between was not heard.
 */
export async function watchKnownNas(db: Db, onChange: () => void): Promise<() => Promise<void>> {
  const listener = await db.sql.listen('nas_changed', onChange, onChange)
  return () => listener.unlisten()
}

/** Whether this database takes writes: no standby, not read-only, not starting up. Throws where it can not be asked. */
export async function canBeWritten(db: Db): Promise<boolean> {
  const [row] = await db.sql.unsafe('select pg_current_xact_id() is not null as able', [], { prepare: true })
  return row?.able === true
}
