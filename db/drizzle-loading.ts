import { registerHooks } from 'node:module'

/**
 * Has drizzle-orm loaded as CommonJS: for each of its 150 ES modules Node reads and parses the 179 kB of its package.json
 * anew, which is half of the time that any of our processes takes to start (2.1 s against 1.1 s, Node 24.21). Both forms
 * are the same code. Named before the program: `node --import tsx --import ./db/drizzle-loading.ts main.ts`.
 */
registerHooks({
  resolve: (specifier, context, next) =>
    /^drizzle-orm(?:\/|$)/.test(specifier)
      ? next(specifier, { ...context, conditions: ['node', 'require'] })
      : // Vitest has found the file itself.
        next(specifier.replace(/(\/node_modules\/drizzle-orm\/.*)\.js$/, '$1.cjs'), context),
})
