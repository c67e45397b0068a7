import type { Words } from '../index.ts'

export const door: Words['door'] = {
  title: '登录',
}
