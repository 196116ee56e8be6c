/** Batches of credential requests, as in former drafts of OpenID4VCI. */
import type { Service } from '../../../model/service/service.ts'
import { defineRules } from '../../../refusal.ts'
import { defineAttribute, flag } from '../../attribute.ts'

export const batchRules = defineRules('Credential batch order', {
  notAll: {
    code: 'P128014',
    error: 'invalid_request',
    spec: 'OpenID4VCI §8.3',
    message: 'The orders must name every request of one batch, each once.',
    fix: 'Pass one order for each credential request of the batch.',
  },
})

const acceptedAction = defineAttribute({
  name: 'ext.vci.batch.accepted',
  of: 'service',
  form: flag,
  fallback: false,
  effect:
    '`true`: `/vci/batch/issue` has the action `ACCEPTED` if all credentials are deferred, ' +
    'instead of `OK`.',
})

export const batchAction = (service: Service, isDeferred: boolean): 'OK' | 'ACCEPTED' =>
  isDeferred && acceptedAction.read(service) ? 'ACCEPTED' : 'OK'
