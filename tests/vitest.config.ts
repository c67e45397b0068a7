import { defineConfig } from 'vitest/config'

const shared = {
  environment: 'node' as const,
  globals: false,
  execArgv: ['--import', new URL('../db/drizzle-loading.ts', import.meta.url).href],
}

/** boundaries: reads files only, seconds. peers: other people's programs, one at a time. house: all the rest. */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: {
    projects: [
      {
        extends: true,
        test: { ...shared, name: 'boundaries', include: ['tests/boundaries.test.ts', 'tests/words.test.ts'] },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'house',
          include: ['tests/**/*.test.{ts,tsx}'],
          exclude: ['tests/boundaries.test.ts', 'tests/words.test.ts', 'tests/peers/**'],
          globalSetup: ['tests/support/cluster.ts'],
          maxWorkers: 2,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'peers',
          include: ['tests/peers/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
