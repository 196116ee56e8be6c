/** Services whose settings only `postern apply` changes: the attribute `ext.config.strict`. */
import type { Client } from '../../model/client/client.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { clientKey, strict } from '../../oauth/configuration/attributes.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'

const rules = defineCallerRules('Strict configuration', {
  elsewhere: {
    code: 'P145001',
    status: 409,
    message:
      'The service is configured by a file: change the file and apply it, or set the attribute ' +
      'ext.config.strict to false first.',
  },
})

/** Refuses a change of the settings, or a deletion, unless the change ends the strictness. */
export function requireFileless(
  current: Pick<Service, 'attributes'>,
  after?: Pick<ServiceDocument, 'attributes'>,
): void {
  if (strict.read(current) && (after === undefined || strict.read(after))) {
    refuseCaller(rules.elsewhere)
  }
}

/** The same for a client that the file names. */
export function requireFilelessClient(service: Service, client: Client): void {
  if (clientKey.read(client) !== undefined) requireFileless(service)
}
