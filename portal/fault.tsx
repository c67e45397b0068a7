import type { Context } from 'hono'
import { page } from './http.ts'
import { bareFrame } from './place.ts'
import { Refused } from './splash/refused.tsx'
import { chooseLocale } from './splash/words/index.ts'

/** Our own fault: said so, in the guest's language, with no detail. */
export function faultPage(c: Context): Response {
  const locale = chooseLocale(c.req.header('accept-language'), 'en')
  return page(c, <Refused frame={bareFrame(locale)} why="fault" />, 500)
}
