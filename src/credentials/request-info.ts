/** What the caller learns of a request for credentials. */
import type { CredentialRequest } from '../model/credential/request.ts'
import type { CredentialRequestInfo } from '../model/credential/request-info.ts'
import { type CheckedRequest, type CredentialToken, dataOf } from './parse.ts'

/** Of a request that was just checked. */
export function describeRequest(
  identifier: string,
  request: CheckedRequest,
  { subject }: CredentialToken,
): CredentialRequestInfo {
  const { members, proven } = request
  const { format: _, proof: _proof, proofs: _proofs, ...details } = members
  return {
    ...describeKept(identifier, dataOf(request), subject),
    details: JSON.stringify(details),
    keyAttestation: proven.attestation && JSON.stringify(proven.attestation),
  }
}

/** Of a request as it is kept. */
export function describeKept(
  identifier: string,
  { format, keys, configurationId, credentialIdentifier }: CredentialRequest,
  subject: string | undefined,
): CredentialRequestInfo {
  const bindingKeys = keys.map((key) => JSON.stringify(key))
  const named = credentialIdentifier
    ? { credential_identifier: credentialIdentifier }
    : { credential_configuration_id: configurationId }
  return {
    identifier,
    format,
    bindingKey: bindingKeys[0],
    bindingKeys: bindingKeys.length > 0 ? bindingKeys : undefined,
    details: JSON.stringify(named),
    credentialConfigurationId: configurationId,
    credentialIdentifier,
    subject,
  }
}
