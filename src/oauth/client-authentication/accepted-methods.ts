/** The client authentication methods of a client, OIDC Core §9. */
import type { Client, ClientDocument } from '../../model/client/client.ts'
import { ClientAuthMethod } from '../../model/enums.ts'
import { defineAttribute, words } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'

const wireNames = new Map(
  ClientAuthMethod.options
    .filter((method) => method !== 'NONE')
    .map((method) => [method.toLowerCase(), method]),
)

const furtherMethods = defineAttribute<readonly string[] | undefined>({
  name: 'ext.auth_methods',
  of: 'client',
  form: words(
    (word) => wireNames.has(word),
    wireNames.size,
    `names out of ${[...wireNames.keys()].map((name) => `\`${name}\``).join(', ')}`,
  ),
  fallback: undefined,
  effect:
    'Client authentication methods that the client may use besides its `tokenAuthMethod`. Each must ' +
    'be supported by the service and allowed by the security profile.',
  spec: 'OIDC Core §9',
})

type Owner = Pick<ClientDocument, 'clientType' | 'tokenAuthMethod' | 'attributes'> &
  Partial<Pick<Client, 'authMethodsAllowed'>>

/** The registered method. Public clients do not authenticate, RFC 6749 §2.1. */
export const registeredMethod = (client: Owner): ClientAuthMethod =>
  client.clientType === 'PUBLIC' ? 'NONE' : (client.tokenAuthMethod ?? 'CLIENT_SECRET_BASIC')

/**
 * The registered method, then the further ones: those that the metadata of a client of a federation
 * list, and those that the caller allows. A client that does not authenticate has no others: its
 * request could leave out the credentials.
 */
export function acceptedMethods(client: Owner): readonly ClientAuthMethod[] {
  const registered = registeredMethod(client)
  if (registered === 'NONE') return [registered]
  const names = furtherMethods.read(client)
  const listed = client.authMethodsAllowed
  if (!names && !listed) return [registered]
  const further = names?.flatMap((name) => wireNames.get(name) ?? []) ?? []
  return [...new Set([registered, ...(listed ?? []), ...further])]
}

const certificates: readonly ClientAuthMethod[] = ['TLS_CLIENT_AUTH', 'SELF_SIGNED_TLS_CLIENT_AUTH']

/** Methods that cannot be told apart by the request. */
export function furtherMethodsProblem(document: Owner): Problem | undefined {
  const { name } = furtherMethods
  if (!furtherMethods.read(document)?.length) return undefined
  const path = 'attributes'
  if (registeredMethod(document) === 'NONE') {
    const message =
      `The attribute ${name} requires a confidential client, with a tokenAuthMethod other than ` +
      'NONE.'
    return { path, message }
  }
  const accepted = acceptedMethods(document)
  return certificates.every((method) => accepted.includes(method))
    ? { path, message: `${name}: a client has one method of mutual TLS, not both.` }
    : undefined
}

/** Whether the client may use both methods with a client assertion. */
export const signsBothWays = (client: Client): boolean => {
  const accepted = acceptedMethods(client)
  return accepted.includes('PRIVATE_KEY_JWT') && accepted.includes('CLIENT_SECRET_JWT')
}
