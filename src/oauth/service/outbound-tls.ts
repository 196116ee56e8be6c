/** TLS certificates of the servers that documents are fetched from, for development. */
import { defineAttribute, flag } from '../attribute.ts'

export const tlsInsecure = defineAttribute({
  name: 'ext.outbound.tls_insecure',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    'Fetches and notifications of the service accept any TLS certificate, also a self-signed one. ' +
    'Only in effect if the process runs with `POSTERN_ALLOW_INSECURE_TLS` = `true`, for development.',
  spec: 'RFC 9525 §6',
})
