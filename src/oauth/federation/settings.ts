/** Settings of a service about federations, beyond the properties of the contract. */
import { defineAttribute, oneOf, wholeNumber, words } from '../attribute.ts'

export const staticChains = defineAttribute<'only' | undefined>({
  name: 'ext.federation.static_chains',
  of: 'service',
  form: oneOf('only'),
  fallback: undefined,
  effect:
    'With `only`, the trust chain of an entity must be in its request. Without the attribute, ' +
    'chains are also discovered, by fetching the statements of entities that a stranger names.',
  spec: 'OpenID Federation §18.1',
})

export const chainSeconds = defineAttribute({
  name: 'ext.federation.chain_seconds',
  of: 'service',
  form: wholeNumber(60, 31_536_000),
  fallback: 86_400,
  effect:
    'The longest time in seconds for which a registration through a federation is valid; it ends ' +
    'earlier with a statement of its trust chain.',
  spec: 'OpenID Federation §12.3',
})

const mostTypes = 10

export const requiredTrustMarks = defineAttribute<readonly string[] | undefined>({
  name: 'ext.federation.required_trust_marks',
  of: 'service',
  form: words((word) => /^[\x21-\x7e]{1,2048}$/.test(word), mostTypes, 'types of trust marks'),
  fallback: undefined,
  effect:
    'The types of the trust marks that the configuration of a relying party must have, each valid ' +
    'and from an issuer that the trust anchor trusts. With `ext.federation.static_chains`, an issuer ' +
    'that is no superior of the relying party must put its trust chain into the trust mark.',
  spec: 'OpenID Federation §7.3',
})
