/** What the API says in words: refusals by code, fields, problems of gateways. */
export const en = { errors: {} as Record<string, string> }
export type Words = typeof en
