import type { Words } from './en.ts'

export const zhCN: Words = { errors: {} }
