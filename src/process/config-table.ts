/** The variables of the configuration for readers. */

import { logLevels } from '../system/log.ts'

/** The expected value of each variable; completes the sentence "It must be …". */
export const expected = {
  host: 'an IP address or a host name to listen on, such as 127.0.0.1',
  port: 'a port number from 0 to 65535 (0 takes a free one)',
  databaseUrl: 'file:<path>, :memory: or postgres://<user>:<password>@<host>:<port>/<database>',
  databasePooler: 'none or transaction',
  databaseReplicaUrl: 'the URL of a replica of the PostgreSQL database in POSTERN_DATABASE_URL',
  adminToken: 'at least 20 visible ASCII characters without spaces',
  previousMasterKeys: 'a comma-separated list of master keys, each 32 random bytes',
  metricsPort: 'a port number from 0 to 65535 (0 takes a free one) that is not POSTERN_PORT',
  drainSeconds: 'a number of seconds from 0 to 600',
  logLevel: `one of ${logLevels.join(', ')}`,
  outboundAllow:
    'a comma-separated list of networks (10.0.0.0/8), addresses (127.0.0.1) and host:port pairs',
  dnsServers:
    'a comma-separated list of addresses of name servers, each with a port where it is not 53',
  maxInFlight: 'a number from 1 to 100000',
  allowInsecureTls: 'true or false, and not true where NODE_ENV is production',
  testServices: 'true or false',
  auditDays: 'a number of days from 1 to 36500',
  usageDays: 'a number of days from 1 to 36500',
  auditLog: 'true or false',
  hsmConfig: 'the path of a JSON file',
  console: 'on or off',
  consolePort: 'a port number from 0 to 65535 (0 takes a free one) that no other listener has',
}

interface Variable {
  readonly name: string
  readonly default: string
  readonly meaning: string
  /** The value is never printed, and may be in a file that `<name>_FILE` names. */
  readonly isSecret?: true
}

/** The table of variables in the README. */
export const configTable: readonly Variable[] = [
  {
    name: 'POSTERN_HOST',
    default: '127.0.0.1',
    meaning:
      'The address to listen on. Other machines can connect only if they can reach this address.',
  },
  {
    name: 'POSTERN_PORT',
    default: '7678',
    meaning: 'The port to listen on; 0 takes a free one.',
  },
  {
    name: 'POSTERN_DATABASE_URL',
    isSecret: true,
    default: 'file:./data/postern.db',
    meaning:
      'Where all data are stored: `file:<path>` (SQLite), `:memory:` (SQLite, lost at the end) ' +
      'or `postgres://<user>:<password>@<host>:<port>/<database>`.',
  },
  {
    name: 'POSTERN_DATABASE_POOLER',
    default: 'none',
    meaning:
      '`transaction` if the database is behind a pooler that gives each transaction another ' +
      'connection, such as PgBouncer with `pool_mode = transaction`: see docs/deploying.md.',
  },
  {
    name: 'POSTERN_DATABASE_REPLICA_URL',
    isSecret: true,
    default: 'none',
    meaning:
      'A hot standby of the PostgreSQL database, which answers introspections that accept a ' +
      'state of some seconds ago (`Prefer: stale=5`): see docs/deploying.md.',
  },
  {
    name: 'POSTERN_ADMIN_TOKEN',
    isSecret: true,
    default: 'generated on the first start',
    meaning:
      'The API token of an administrator: at least 20 visible ASCII characters. A token that is ' +
      'configured later replaces it.',
  },
  {
    name: 'POSTERN_MASTER_KEY',
    isSecret: true,
    default: 'generated on the first start, in a file',
    meaning:
      'The key that encrypts secrets at rest: 32 random bytes in base64url or hexadecimal ' +
      '(`openssl rand -hex 32`). The encrypted secrets are lost without it.',
  },
  {
    name: 'POSTERN_PREVIOUS_MASTER_KEYS',
    isSecret: true,
    default: 'none',
    meaning:
      'Former master keys for decryption, comma-separated: needed while the key is replaced.',
  },
  {
    name: 'POSTERN_METRICS_PORT',
    default: 'off',
    meaning: 'The port of `/metrics` for Prometheus; 0 takes a free one.',
  },
  {
    name: 'POSTERN_DRAIN_SECONDS',
    default: '3',
    meaning:
      'How long requests are still accepted after SIGTERM, while `/health/ready` returns 503: the ' +
      'time that the load balancer needs to notice.',
  },
  {
    name: 'POSTERN_LOG_LEVEL',
    default: 'info',
    meaning:
      'The least serious entries to log: `fatal`, `error`, `warn`, `info`, `debug`, ' +
      '`trace`, or `silent` for none.',
  },
  {
    name: 'POSTERN_OUTBOUND_ALLOW',
    default: 'none',
    meaning:
      'Destinations that Postern may fetch from in addition to public addresses, also without TLS: ' +
      'a comma-separated list of networks (`10.0.0.0/8`), addresses (`127.0.0.1`) and `host:port` ' +
      'pairs.',
  },
  {
    name: 'POSTERN_DNS_SERVERS',
    default: 'those of the system',
    meaning:
      'The name servers for the hosts of outbound fetches, comma-separated: `10.0.0.2`, ' +
      '`10.0.0.2:5353` or `[fd00::2]:5353`. The hosts file is used first.',
  },
  {
    name: 'POSTERN_MAX_IN_FLIGHT',
    default: '128',
    meaning:
      'The limit of concurrent calls, without those that wait for their bodies. Further calls are ' +
      'refused immediately with 503 and `Retry-After`. While several services call, no service can ' +
      'take the last quarter.',
  },
  {
    name: 'POSTERN_ALLOW_INSECURE_TLS',
    default: 'false',
    meaning:
      'For development only: with `true`, services with the attribute `ext.outbound.tls_insecure` ' +
      'accept any TLS certificate of the servers that Postern fetches from. Refused with ' +
      '`NODE_ENV=production`.',
  },
  {
    name: 'POSTERN_TEST_SERVICES',
    default: 'false',
    meaning:
      'For tests only: with `true`, services may have the attribute `ext.mode` = `test`, and their ' +
      'clocks can be moved forward. Without it, such services are not served.',
  },
  {
    name: 'POSTERN_AUDIT_DAYS',
    default: '400',
    meaning: 'How many days audit records are kept. The next sweep removes older ones.',
  },
  {
    name: 'POSTERN_USAGE_DAYS',
    default: '400',
    meaning:
      'How many days the usage of services is kept (`/api/usage`). The next sweep removes older days.',
  },
  {
    name: 'POSTERN_AUDIT_LOG',
    default: 'false',
    meaning:
      'Whether each audit record is also a line in the log, at every log level, once it is stored.',
  },
  {
    name: 'POSTERN_CONSOLE',
    default: '`on` if POSTERN_HOST is a loopback address, else `off`',
    meaning: 'Whether the pages of the console are served, at `/console/`: `on` or `off`.',
  },
  {
    name: 'POSTERN_CONSOLE_PORT',
    default: 'that of the API',
    meaning:
      'The port of a listener for the console only, so that people and frontends can be on ' +
      'different networks; 0 takes a free one.',
  },
  {
    name: 'POSTERN_HSM_CONFIG',
    default: 'none',
    meaning: 'The path of a JSON file that declares hardware security modules: see docs/keys.md.',
  },
]
