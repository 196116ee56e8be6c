/** What a change of settings means for clients and tokens that there are. */
import { parseKeySet } from '../../jose/key-set.ts'
import type { Client } from '../../model/client/client.ts'
import { GrantType, ResponseType } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { supportedScopes } from '../scope.ts'

export const effectKinds = [
  'scope-removed',
  'grant-type-removed',
  'response-type-removed',
  'key-removed',
  'client-deleted',
] as const
export type EffectKind = (typeof effectKinds)[number]

/** Something that a service had, and has no longer. */
export interface Removal {
  kind: EffectKind
  name: string
  /** Whether the client uses it; undefined: it does not matter which clients there are. */
  usedBy?: (client: Partial<Client>) => boolean
}

/** What clients and tokens lose by a change of the settings. */
export const removalsBy = (before: Service, after: Service): Removal[] => [
  ...missing(scopesOf(before), scopesOf(after)).map((name) => ({
    kind: 'scope-removed' as const,
    name,
    usedBy: ({ extension }: Partial<Client>) =>
      extension?.requestableScopesEnabled
        ? (extension.requestableScopes ?? []).includes(name)
        : true,
  })),
  ...missing(grantTypesOf(before), grantTypesOf(after)).map((name) => ({
    kind: 'grant-type-removed' as const,
    name,
    usedBy: ({ grantTypes }: Partial<Client>) => (grantTypes ?? []).includes(name),
  })),
  ...missing(responseTypesOf(before), responseTypesOf(after)).map((name) => ({
    kind: 'response-type-removed' as const,
    name,
    usedBy: ({ responseTypes }: Partial<Client>) => (responseTypes ?? []).includes(name),
  })),
  ...missing(signingKids(before), signingKids(after)).map((name) => ({
    kind: 'key-removed' as const,
    name,
  })),
]

const scopesOf = (service: Service) => supportedScopes(service).map(({ name }) => name)

/** Absent lists allow everything. */
const grantTypesOf = ({ supportedGrantTypes }: Service) => supportedGrantTypes ?? GrantType.options
const responseTypesOf = ({ supportedResponseTypes }: Service) =>
  supportedResponseTypes ?? ResponseType.options

/** Keys that may have signed tokens. */
const signingKids = ({ jwks }: Service): string[] =>
  parseKeySet(jwks).keys.flatMap(({ kid, use }) => (kid && use !== 'enc' ? [kid] : []))

function missing<T>(before: readonly T[] | undefined, after: readonly T[] | undefined): T[] {
  const left = new Set(after)
  return [...new Set(before)].filter((value) => !left.has(value))
}

const sentences: Record<EffectKind, (name: string) => string> = {
  'scope-removed': (name) => `The scope ${name} is removed: requests for it no longer get it.`,
  'grant-type-removed': (name) => `Clients with the grant type ${name} can no longer use it.`,
  'response-type-removed': (name) => `Clients with the response type ${name} can no longer use it.`,
  'key-removed': (name) => `Tokens that the key ${name} signed can no longer be verified.`,
  'client-deleted': (name) => `The client ${name} is deleted with its tokens and granted scopes.`,
}

export const sentenceOf = (kind: EffectKind, name: string): string => sentences[kind](name)
