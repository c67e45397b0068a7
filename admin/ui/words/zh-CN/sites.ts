import type { Words } from '../index.ts'

export const sites: Words['sites'] = {
  title: '门店',
}
