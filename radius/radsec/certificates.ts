import { readFileSync, statSync } from 'node:fs'
import { createSecureContext, type SecureContextOptions } from 'node:tls'

export type CertificateFiles = { certFile: string; keyFile: string; caFile: string }

/** What TLS needs, read from the files now. Throws where they can not be read or do not belong together. */
export function readCertificates(files: CertificateFiles): SecureContextOptions {
  const options: SecureContextOptions = {
    cert: readFileSync(files.certFile),
    key: readFileSync(files.keyFile),
    ca: readFileSync(files.caFile),
    minVersion: 'TLSv1.2',
  }
  createSecureContext(options)
  return options
}

/**
 * Looks whether the files have changed, every few seconds and when told to. Certificate and key are replaced one after
 * the other: what does not fit together yet is told once and looked at again.
 */
export class CertificateWatch {
  #used: string
  #told = ''
  readonly #timer: NodeJS.Timeout

  constructor(
    private readonly files: CertificateFiles,
    private readonly onChange: (options: SecureContextOptions) => void,
    private readonly onError: (error: unknown) => void,
    everyMs: number,
  ) {
    this.#used = signature(files)
    this.#timer = setInterval(() => this.look(), everyMs)
    this.#timer.unref()
  }

  /** @param always reads them anew even where nothing seems to have changed. */
  look(always = false) {
    const now = signature(this.files)
    if (now === this.#used && !always) return
    try {
      this.onChange(readCertificates(this.files))
      this.#used = now
    } catch (error) {
      if (this.#told !== now || always) this.onError(error)
      this.#told = now
    }
  }

  close() {
    clearInterval(this.#timer)
  }
}

function signature(files: CertificateFiles): string {
  return [files.certFile, files.keyFile, files.caFile]
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false })
      return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : 'none'
    })
    .join()
}
