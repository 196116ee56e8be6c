/**
 * Shared steps of creating and updating services: missing members of keys, checks of the settings,
 * and splitting the secrets from the document.
 */
import { refuseInvalid } from '../caller.ts'
import { withMissingMembers } from '../jose/key-members.ts'
import { keySetProperties } from '../model/keys/standing.ts'
import { type Service, type ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { splitSecrets } from '../model/split-secrets.ts'
import type { Saving } from '../oauth/federation/service/settings.ts'
import { findServiceProblems } from '../oauth/service/settings.ts'

/**
 * The checked document, whose keys have a kid and a use, and the row that stores it. Refuses with
 * the first wrong property.
 */
export async function serviceRow<T extends ServiceDocument>(given: T, saving: Saving) {
  const whole = withCompleteKeys(given, saving.former)
  const [problem] = await findServiceProblems(whole, saving)
  if (problem) refuseInvalid(problem.path, problem.message)
  // Which keys a service has in modules is not for callers to write.
  return { whole, ...splitSecrets({ ...whole, hsks: undefined }, secretsOf(whole)) }
}

function withCompleteKeys<T extends ServiceDocument>(given: T, former?: Service): T {
  const completed: Partial<ServiceDocument> = {}
  for (const name of Object.values(keySetProperties)) {
    const text = given[name]
    if (text) completed[name] = withMissingMembers(text, former?.[name])
  }
  return { ...given, ...completed }
}

/** The metadata of a credential issuer are sealed if they have private keys. */
const secretsOf = ({ credentialIssuerMetadata }: ServiceDocument): readonly string[] =>
  credentialIssuerMetadata?.credentialRequestEncryptionJwks
    ? [...serviceSecrets, 'credentialIssuerMetadata']
    : serviceSecrets
