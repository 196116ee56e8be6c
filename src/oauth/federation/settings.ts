/** Settings of a service about federations, beyond the properties of the contract. */
import { defineAttribute, oneOf, wholeNumber } from '../attribute.ts'

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
