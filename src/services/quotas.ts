/** Who may change the quotas of a service: it is not up to the tenant that they limit. */
import type { ServiceContext } from '../context.ts'
import type { Service, ServiceDocument } from '../model/service/service.ts'
import { attributeOf } from '../oauth/attribute.ts'
import { quotas } from '../oauth/service/quotas.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'

const rules = defineCallerRules('Quotas', {
  notYours: {
    code: 'P166004',
    status: 403,
    message:
      'Only API tokens of all services may change the quotas of a service: send the attributes ' +
      '`ext.quota.…` as they are.',
  },
})

export function requireSameQuotas(
  { caller }: ServiceContext,
  given: ServiceDocument,
  current: Service,
): void {
  if (caller.serviceId === undefined) return
  const changed = quotas.find(({ name }) => attributeOf(given, name) !== attributeOf(current, name))
  if (changed) refuseCaller(rules.notYours, changed.name)
}
