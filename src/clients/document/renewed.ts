/** Settings of a client that describes itself, when its description is read again. */
import { type Client, ClientDocument } from '../../model/client/client.ts'
import { isDescribed } from '../../oauth/registration/metadata-names.ts'

/**
 * Replaces the properties from the description, among them the derived ones that are listed, and
 * keeps those that the caller added.
 */
export function renewedClient(
  current: Client,
  document: ClientDocument,
  derived: readonly string[],
): ClientDocument {
  const isReplaced = ([name]: [string, unknown]) => isDescribed(name) || derived.includes(name)
  const kept = Object.entries(current).filter((member) => !isReplaced(member))
  const renewedMembers = Object.entries(document).filter(isReplaced)
  const { requestableScopes, requestableScopesEnabled } = document.extension ?? {}
  const scopes = requestableScopesEnabled ? { requestableScopes, requestableScopesEnabled } : {}
  const extension = { ...current.extension, ...scopes }
  return ClientDocument.parse({ ...Object.fromEntries([...kept, ...renewedMembers]), extension })
}
