import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export type Certificate = {
  certFile: string
  keyFile: string
  cert: string
  key: string
  fingerprint: string
}

/** An authority with its own folder that signs what it is asked to. */
export function authority(folder: string, name: string) {
  mkdirSync(folder, { recursive: true })
  const at = (file: string) => join(folder, `${name}-${file}`)
  openssl(
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'],
    ...['-subj', `/CN=${name}`, '-keyout', at('ca.key'), '-out', at('ca.pem')],
  )
  let serial = 0
  return {
    caFile: at('ca.pem'),
    /** @param names of its subjectAltName, as openssl writes them: DNS:…, IP:…, URI:… */
    sign: (commonName: string, names: string[] = [], options: { days?: number } = {}): Certificate => {
      const own = `${commonName.replace(/\W/g, '_')}-${++serial}`
      const files = { certFile: at(`${own}.pem`), keyFile: at(`${own}.key`) }
      openssl(
        ...[
          'req',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-subj',
          `/CN=${commonName}`,
        ],
        ...['-keyout', files.keyFile, '-out', at(`${own}.csr`)],
      )
      writeFileSync(
        at(`${own}.ext`),
        `basicConstraints=CA:FALSE\n${names.length ? `subjectAltName=${names.join(',')}\n` : ''}`,
      )
      openssl(
        ...['x509', '-req', '-in', at(`${own}.csr`), '-CA', at('ca.pem'), '-CAkey', at('ca.key')],
        ...['-set_serial', String(serial), '-days', String(options.days ?? 1), '-extfile', at(`${own}.ext`)],
        ...['-out', files.certFile],
      )
      const cert = readFileSync(files.certFile, 'utf8')
      const { fingerprint256 } = new X509Certificate(cert)
      return { ...files, cert, key: readFileSync(files.keyFile, 'utf8'), fingerprint: fingerprint256 }
    },
  }
}

const openssl = (...words: string[]) =>
  execFileSync('openssl', words, { stdio: ['ignore', 'ignore', 'pipe'] })
