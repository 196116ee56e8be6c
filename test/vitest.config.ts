import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config'
import { compiled } from './support/compiled.ts'
import { findPostgresBinaries } from './support/postgres-binaries.ts'

const everywhere = [
  'test/guarantees/**/*.test.ts',
  'test/operations/**/*.test.ts',
  'test/spec/**/*.test.ts',
  'test/store/**/*.test.ts',
]
/** These tests do not depend on the database: parsing, cost, algorithms, kinds of JWTs. */
const withoutDatabase = [
  'test/guarantees/costly-keys.test.ts',
  'test/guarantees/event-loop.test.ts',
  'test/guarantees/properties.test.ts',
  'test/spec/discovery/rfc8414-metadata-truth.test.ts',
  'test/spec/federation/openid-federation-discovery{,-limits,-targets}.test.ts',
  'test/spec/federation/openid-federation-given-chain.test.ts',
  'test/spec/jose/rfc8725-*.test.ts',
]
const hasPostgres = Boolean(process.env['TEST_POSTGRES_URL'] ?? findPostgresBinaries())

if (!hasPostgres) console.warn('SKIPPED: the tests on PostgreSQL, for none can be had here.')

const sqlite = {
  extends: true,
  test: {
    name: 'sqlite',
    include: ['test/**/*.test.ts'],
    provide: { dialect: 'sqlite' as const, overHttp: false },
  },
} satisfies TestProjectInlineConfiguration

const postgres = {
  extends: true,
  test: {
    name: 'postgres',
    include: everywhere,
    exclude: withoutDatabase,
    provide: { dialect: 'postgres' as const, overHttp: false },
    globalSetup: ['test/support/postgres.ts'],
  },
} satisfies TestProjectInlineConfiguration

/** Calls over sockets have a listener of their own, so that what is told of HTTP holds for both. */
const sockets = {
  extends: true,
  test: {
    name: 'sockets',
    include: ['test/http/**/*.test.ts', 'test/guarantees/malformed-requests.test.ts'],
    // A client of HTTP names the host itself.
    exclude: ['test/http/console-session.test.ts'],
    provide: { dialect: 'sqlite' as const, overHttp: true },
  },
} satisfies TestProjectInlineConfiguration

export default defineConfig({
  plugins: [compiled()],
  test: {
    // Node loads the compiled code itself, with source maps for stack traces.
    server: { deps: { external: [/\/dist\//] } },
    execArgv: ['--enable-source-maps'],
    projects: hasPostgres ? [sqlite, sockets, postgres] : [sqlite, sockets],
    setupFiles: [
      'test/support/fired-rules.ts',
      'test/support/own-messages.ts',
      'test/support/properties.ts',
    ],
    reporters: ['default', './test/support/reporter.ts'],
    // A limit for tests that hang, not for slow machines.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // The application is imported once for each worker. Once for each file takes half of a run.
    isolate: false,
  },
})
