import type { Words } from '../index.ts'

export const setup: Words['setup'] = {
  title: '初始设置',
}
