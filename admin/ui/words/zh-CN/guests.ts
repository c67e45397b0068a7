import type { Words } from '../index.ts'

export const guests: Words['guests'] = {
  title: '顾客',
}
