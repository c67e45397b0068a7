/** A refusal by rule. `code` is 'noun.problem'; wings turn it into words or an HTTP status. */
export class DomainError extends Error {
  readonly code: string
  /** The HTTP status that says the same thing. */
  readonly status: number
  constructor(code: string, status = 409) {
    super(code)
    this.name = 'DomainError'
    this.code = code
    this.status = status
  }
}

export const notFound = (noun: string) => new DomainError(`${noun}.not-found`, 404)
export const notAllowed = (noun: string) => new DomainError(`${noun}.not-allowed`, 403)
export const invalid = (noun: string, what: string) => new DomainError(`${noun}.invalid-${what}`, 422)
