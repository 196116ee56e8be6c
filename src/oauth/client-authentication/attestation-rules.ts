/** Reasons to refuse a client attestation or its proof. */
import { defineRules } from '../../refusal.ts'

export const rules = defineRules('Client attestation', {
  malformed: {
    code: 'P010201',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message: 'The client attestation is missing, or is not a JWT of the required type.',
    fix: 'Send the header OAuth-Client-Attestation with a JWT whose `typ` is `oauth-client-attestation+jwt`, and pass it on as `oauthClientAttestation`.',
    settings: ['client.tokenAuthMethod'],
  },
  untrusted: {
    code: 'P010202',
    error: 'invalid_client',
    spec: 'Client Attestation §9',
    message: 'The client attestation is not signed by a trusted attester of the client.',
    fix: 'Register the key of the attester for the client, or add its root certificate to the service.',
    settings: [
      'client.jwks',
      'client.jwksUri',
      'service.clientAttesterRoots',
      'service.clientAttesterRootsEnabled',
      'service.clientAttesterRootsOnly',
    ],
  },
  otherClient: {
    code: 'P010203',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message: 'The sub of the client attestation must be the client id.',
    fix: 'Let the attester set `sub` to the client id that the request uses.',
    settings: ['client.clientId'],
  },
  outOfTime: {
    code: 'P010204',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message:
      'The exp of the client attestation is missing, or the attestation has expired or is not valid yet.',
    fix: 'Get a new attestation from the attester, with an `exp` in the future, and check the clocks.',
    settings: ['service.allowableClockSkew'],
  },
  keyUnusable: {
    code: 'P010205',
    error: 'invalid_client',
    spec: 'Client Attestation §5.1',
    message: 'The cnf of the client attestation must contain a public key.',
    fix: 'Let the attester put the public key of the instance into `cnf` as `jwk`.',
  },
  proofMalformed: {
    code: 'P010206',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message: 'The client attestation proof is missing, or is not a JWT of the required type.',
    fix: 'Send the header OAuth-Client-Attestation-PoP with a JWT whose `typ` is `oauth-client-attestation-pop+jwt`, and pass it on as `oauthClientAttestationPop`.',
  },
  proofUnverified: {
    code: 'P010207',
    error: 'invalid_client',
    spec: 'Client Attestation §9',
    message: 'The client attestation proof is not signed with the key of the client attestation.',
    fix: 'Sign the proof with the private key whose public half is in the `cnf` of the attestation.',
  },
  proofOtherClient: {
    code: 'P010208',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message: 'The iss of the client attestation proof must be the client id.',
    fix: 'Set `iss` of the proof to the client id, or omit it.',
    settings: ['client.clientId'],
  },
  proofAudience: {
    code: 'P010209',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message:
      'The aud of the client attestation proof must be the issuer of the authorization server.',
    fix: 'Set `aud` of the proof to the issuer of the service.',
    settings: ['service.issuer'],
  },
  proofOutOfTime: {
    code: 'P010210',
    error: 'invalid_client',
    spec: 'Client Attestation §9',
    message:
      'The iat of the client attestation proof is missing, too old or in the future, or the proof has expired.',
    fix: 'Create a proof for each request with an `iat` of now, and check the clock of the client.',
    settings: ['service.allowableClockSkew'],
  },
  proofIdMissing: {
    code: 'P010211',
    error: 'invalid_client',
    spec: 'Client Attestation §5.2',
    message: 'The jti of the client attestation proof is missing.',
    fix: 'Add a `jti` to the proof that is different each time.',
  },
  proofReplayed: {
    code: 'P010212',
    error: 'invalid_client',
    spec: 'Client Attestation §12.1',
    message: 'The client attestation proof has been used before.',
    fix: 'Create a proof with a new `jti` for each request, also for a retry.',
  },
  challengeNeeded: {
    code: 'P010213',
    error: 'use_attestation_challenge',
    spec: 'Client Attestation §9',
    message:
      'The client attestation proof requires a current challenge of the authorization server.',
    fix: 'Repeat the request with the `challenge` that the response header or the challenge endpoint provides.',
    settings: ['service.challengeEndpoint', 'service.attestationChallengeTimeWindow'],
  },
  uncertified: {
    code: 'P133002',
    error: 'invalid_client',
    spec: 'HAIP §4.4.1',
    message:
      'The x5c of the client attestation is required: certificates that are not self-signed, without the trust anchor.',
    fix: 'Let the attester put its certificates into `x5c`, none of them self-signed, without the trust anchor.',
    settings: ['service.haipVersion', 'client.haipVersion'],
  },
  otherInstance: {
    code: 'P010214',
    error: 'invalid_client',
    spec: 'Client Attestation §10.3',
    message: 'The refresh token was issued to another instance of the client.',
    fix: 'Refresh with the instance that got the token, or ask the user to authorize on this one.',
  },
})
