import type { Words } from '../index.ts'

export const today: Words['today'] = {
  title: '今日',
}
