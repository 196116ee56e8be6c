/** Whether the public keys of a service are published, RFC 8414 §2. */
import type { Service } from '../../model/service/service.ts'
import { defineAttribute, flag } from '../attribute.ts'

const published = defineAttribute({
  name: 'ext.jwks.published',
  of: 'service',
  form: flag,
  fallback: true,
  effect:
    'With `false`, the public keys are not published: `/service/jwks/get` returns 204, ' +
    '`/federation/jwks` NOT_FOUND, and the discovery document has no `jwks_uri`.',
  spec: 'RFC 8414 §2',
})

export const publishesKeys = (service: Pick<Service, 'attributes'>): boolean =>
  published.read(service)
