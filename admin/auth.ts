/** Who is signed in, as far as a cookie proves. */
export type SignedIn = { accountId: string; sessionId: string }
export type Auth = {
  /** Answers /api/auth/*. */
  handle(request: Request): Promise<Response>
}
