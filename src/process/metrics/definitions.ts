/**
 * All metrics of Postern, with their labels. The values of labels are from closed sets, so that the
 * number of series is bounded, and no service, client or person is identified.
 */

export interface Definition {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  /** What the values of each label are. */
  readonly labels?: Readonly<Record<string, string>>
  readonly buckets?: readonly number[]
}

/** From a database look-up to a request that waits for another server. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const call = {
  operation: 'the operation, `none` for a path without one',
  action: 'the action of the response',
  result_code: 'a result code, `other` for one that the code does not declare',
}
const kind = '`logout`, `ciba`, `token-batch`, `event` or `security-event`'

/** Sorted as the reference shows them. */
export const definitions = {
  buildInfo: {
    name: 'postern_build_info',
    type: 'gauge',
    help: 'Always 1: the labels tell what runs.',
    labels: { version: 'of Postern', node: 'the version of Node' },
  },
  calls: {
    name: 'postern_calls_total',
    type: 'counter',
    help: 'Calls that were served.',
    labels: call,
  },
  callSeconds: {
    name: 'postern_call_duration_seconds',
    type: 'histogram',
    help: 'Duration of calls in seconds.',
    labels: call,
    buckets: seconds,
  },
  inFlight: {
    name: 'postern_in_flight',
    type: 'gauge',
    help: 'Calls that hold a slot at present: POSTERN_MAX_IN_FLIGHT limits them.',
  },
  overload: {
    name: 'postern_overload_refusals_total',
    type: 'counter',
    help: 'Calls that were refused because the process was overloaded.',
  },
  ignoredMembers: {
    name: 'postern_ignored_members_total',
    type: 'counter',
    help: 'Unknown members of request bodies, such as misspelt properties.',
    labels: { operation: 'the operation' },
  },
  tokens: {
    name: 'postern_tokens_issued_total',
    type: 'counter',
    help: 'Tokens that were issued. Access and refresh tokens count once they are stored.',
    labels: {
      grant_type: 'the grant type, as in `grantTypes` of clients',
      kind: '`access_token`, `refresh_token` or `id_token`',
    },
  },
  clientAuthentication: {
    name: 'postern_client_authentication_total',
    type: 'counter',
    help: 'Authentications of clients.',
    labels: {
      method: 'the method of the client, `unknown` if the client or its method is',
      outcome: '`success`, `refused`, or `error` if it could not be decided',
    },
  },
  refreshReplays: {
    name: 'postern_refresh_replays_total',
    type: 'counter',
    help: 'Refresh tokens that were presented again after their replacement.',
    labels: { outcome: '`retry` within the retry window, `revoked` if the tokens were revoked' },
  },
  codeReplays: {
    name: 'postern_code_replays_total',
    type: 'counter',
    help: 'Authorization codes that were presented again, so that their tokens were revoked.',
  },
  wrongCredentials: {
    name: 'postern_wrong_credentials_total',
    type: 'counter',
    help: 'Wrong credentials, by kind and whether they were throttled.',
    labels: { kind: 'the kind of credential', throttled: '`true` or `false`' },
  },
  commitSeconds: {
    name: 'postern_commit_duration_seconds',
    type: 'histogram',
    help: 'Duration of commits in seconds, until they are durable or refused.',
    labels: { dialect: '`sqlite` or `postgres`' },
    buckets: seconds,
  },
  commitBatch: {
    name: 'postern_commit_batch_size',
    type: 'histogram',
    help: 'Commits that became durable in one transaction.',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  },
  documents: {
    name: 'postern_document_cache_total',
    type: 'counter',
    help: 'Look-ups of services and clients in the cache of parsed documents.',
    labels: {
      kind: '`service` or `client`',
      outcome: '`hit`, `miss` if the document was read, `none` if it does not exist',
    },
  },
  fetchSeconds: {
    name: 'postern_fetch_duration_seconds',
    type: 'histogram',
    help: 'Duration of outbound fetches in seconds, those from a shared response too.',
    labels: {
      purpose: 'what is fetched, such as `key_set` or `logout_notification`',
      outcome: '`success`, or the reason of the failure, such as `timeout`',
    },
    buckets: seconds,
  },
  signSeconds: {
    name: 'postern_sign_duration_seconds',
    type: 'histogram',
    help: 'Duration of signatures with keys of services in seconds.',
    labels: { alg: 'the JWS algorithm' },
    buckets: [0.0001, 0.00025, 0.0005, ...seconds],
  },
  outboxPending: {
    name: 'postern_outbox_pending',
    type: 'gauge',
    help: 'Notifications that wait in the database, counted up to 20,000.',
    labels: { kind },
  },
  outboxOldest: {
    name: 'postern_outbox_oldest_seconds',
    type: 'gauge',
    help: 'Age of the oldest of these notifications in seconds.',
    labels: { kind },
  },
  deliveries: {
    name: 'postern_deliveries_total',
    type: 'counter',
    help: 'Attempts of this process to deliver notifications.',
    labels: {
      kind,
      outcome: '`delivered`, `retried`, `dead` if it was given up, `none` without a receiver',
    },
  },
  eventsDropped: {
    name: 'postern_events_dropped_total',
    type: 'counter',
    help: 'Events that this process did not keep, because too many waited for their endpoint.',
  },
  sweepRows: {
    name: 'postern_sweep_rows_total',
    type: 'counter',
    help: 'Expired rows that this process has removed.',
    labels: { table: 'the table of the database' },
  },
  sweepLag: {
    name: 'postern_sweep_lag_seconds',
    type: 'gauge',
    help: 'How long ago the row expired that should have been removed first, in seconds.',
  },
  sweepDue: {
    name: 'postern_sweep_due_rows',
    type: 'gauge',
    help: 'Rows that have expired and are not yet removed, counted up to 10,000 for each table.',
    labels: { table: 'the table of the database' },
  },
  keyTasks: {
    name: 'postern_key_tasks_total',
    type: 'counter',
    help: 'Scheduled tasks for keys: after one that failed, a key can lack its successor.',
    labels: { outcome: '`done` or `failed`' },
  },
  auditFailures: {
    name: 'postern_audit_write_failures_total',
    type: 'counter',
    help: 'Records of refused callers and of reads of private keys that could not be stored.',
  },
  hsmOperations: {
    name: 'postern_hsm_operations_total',
    type: 'counter',
    help: 'Calls to key providers.',
    labels: {
      hsm: 'the configured name of the provider',
      operation: 'what it did',
      result: 'how it ended',
    },
  },
  hsmSeconds: {
    name: 'postern_hsm_operation_duration_seconds',
    type: 'histogram',
    help: 'Duration of calls to key providers in seconds, without those that were rejected.',
    labels: { hsm: 'the configured name of the provider', operation: 'what it did' },
    buckets: seconds,
  },
  hsmBreaker: {
    name: 'postern_hsm_breaker_open',
    type: 'gauge',
    help: 'Whether calls to the key provider are rejected, because it failed repeatedly.',
    labels: { hsm: 'the configured name of the provider' },
  },
} as const satisfies Record<string, Definition>

export type Definitions = typeof definitions
