import type { Handlers } from './handler.ts'

/** Every operation of the contract, answered. */
export const handlers: Partial<Handlers> = {}
