import type { Words } from '../index.ts'
import { door } from './door.ts'
import { frame } from './frame.ts'
import { guest } from './guest.ts'
import { guests } from './guests.ts'
import { messages } from './messages.ts'
import { plans } from './plans.ts'
import { settings } from './settings.ts'
import { setup } from './setup.ts'
import { shared } from './shared.ts'
import { sites } from './sites.ts'
import { today } from './today.ts'
import { trust } from './trust.ts'

export const zhCN: Words = {
  shared,
  frame,
  door,
  setup,
  today,
  guests,
  guest,
  messages,
  plans,
  sites,
  settings,
  trust,
}
