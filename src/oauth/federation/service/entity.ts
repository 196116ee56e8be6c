/** The service as an entity of a federation, OpenID Federation §1.2. */
import type { Service } from '../../../model/service/service.ts'
import { defineRules, refuse } from '../../../refusal.ts'
import { isEntityId } from '../entity-id.ts'

const rules = defineRules('Federation', {
  disabled: {
    code: 'P134001',
    error: 'not_found',
    spec: 'OpenID Federation §9',
    message: 'The service takes part in no federation.',
    fix: 'Let the service take part in a federation.',
    settings: ['service.federationEnabled'],
  },
  identifierMissing: {
    code: 'P134002',
    error: 'server_error',
    spec: 'OpenID Federation §1.2',
    message:
      'The service has no entity identifier: its issuer must be an https URL without query and fragment.',
    fix: 'Set the issuer to an https URL without query and fragment.',
    settings: ['service.issuer'],
  },
})

/** The entity identifier; refused unless the service takes part in a federation. */
export function requireEntity({ federationEnabled, issuer }: Service): string {
  if (!federationEnabled) refuse(rules.disabled)
  return isEntityId(issuer) ? issuer : refuse(rules.identifierMissing, issuer)
}

const daySeconds = 86_400

/** For how many seconds what the entity signs about itself is valid. */
export const statementSeconds = ({ federationConfigurationDuration }: Service): number =>
  federationConfigurationDuration || daySeconds
