import type { Words } from '../index.ts'

export const guest: Words['guest'] = {
  title: '顾客',
}
