import type { Words } from '../index.ts'

export const trust: Words['trust'] = {
  title: '合规',
}
