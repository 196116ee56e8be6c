/** Verifies a JWT for the caller, signed by a client or by the service. */
import { z } from 'zod'
import { identifyClient } from '../../clients/authenticate.ts'
import { verifyClientSignature } from '../../clients/signature.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientIdText } from '../../http/identifier.ts'
import { decryptJwe } from '../../jose/decrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { serviceKeySet } from '../../jose/service-key-set.ts'
import { signatureAlgorithms } from '../../jose/signature-algorithm.ts'
import { verifyJwt, verifyWithSecrets } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
import { secretKeys } from '../../oauth/client-authentication/secret.ts'
import {
  InvalidJose,
  requireClaims,
  requireDecrypted,
  requireSignature,
} from '../../oauth/tokens/jose-object.ts'
import { defineCallerRules, refuseCaller } from '../../refusal.ts'

const rules = defineCallerRules('JOSE verification', {
  clientUnknown: {
    code: 'P004908',
    status: 400,
    message: 'The clientIdentifier must name a client of this service; signedByClient requires it.',
  },
})

const JoseVerifyRequest = z
  .object({
    jose: z.string().max(65_536).describe('The JWT: signed, or signed and then encrypted.'),
    mandatoryClaims: z
      .array(z.string().max(1_000))
      .max(1_000)
      .optional()
      .describe('Names of claims that the JWT must contain.'),
    clockSkew: z
      .int()
      .nonnegative()
      .max(2_147_483_647)
      .optional()
      .describe('Leeway for claims that are times, in seconds.'),
    clientIdentifier: ClientIdText.optional().describe(
      'The client whose keys or secret are used: its number or its alias.',
    ),
    signedByClient: z
      .boolean()
      .optional()
      .describe('Whether the client signed the JWT; otherwise the keys of the service verify it.'),
  })
  .meta({ id: 'jose_verify_request' })

const JoseVerifyResponse = z
  .object({
    valid: z.boolean().describe('Whether the signature and the claims are valid.'),
    signatureValid: z.boolean().describe('Whether the signature is valid.'),
    missingClaims: z
      .array(z.string())
      .optional()
      .describe('Names of mandatory claims that are missing.'),
    invalidClaims: z
      .array(z.string())
      .optional()
      .describe('Names of claims with an invalid value, such as an `exp` in the past.'),
    errorDescriptions: z
      .array(z.string())
      .optional()
      .describe('Descriptions of the errors, for people to read.'),
  })
  .meta({ id: 'jose_verify_response' })

export const joseVerify = defineEndpoint({
  operationId: 'jose_verify_api',
  method: 'post',
  path: '/api/{serviceId}/jose/verify',
  tag: 'JOSE Object',
  summary: 'Verify a JOSE object',
  description:
    'Decrypts a JWT that is encrypted for the service, verifies its signature with the keys of the ' +
    'client or the service, and checks `exp`, `nbf`, `iat` and the mandatory claims. An unsigned JWT ' +
    'is not valid.',
  right: 'use_service',
  body: JoseVerifyRequest,
  form: true,
  clientText: { jose: 'request' },
  response: JoseVerifyResponse,
  results: { OK: { code: 'P004990', message: 'The JOSE object is valid.' } },
  async handle({ body }, context) {
    const { mandatoryClaims = [], clockSkew = 0, signedByClient = false } = body
    const client = await findSigner(context, body.clientIdentifier || undefined, signedByClient)
    const isEncrypted = body.jose.split('.', 6).length === 5
    const jwt = isEncrypted ? await decrypt(context, client, body.jose) : body.jose
    const verified = requireSignature(
      client && signedByClient
        ? await verifyClientSignature(context, client, jwt, signatureAlgorithms)
        : await verifyOwnSignature(context, client, jwt),
    )
    return requireClaims(verified.claims, { mandatoryClaims, clockSkew }, context.now)
  },
  refuse: (refusal) =>
    refusal instanceof InvalidJose ? refusal.verdict : { valid: false, signatureValid: false },
})

async function findSigner(
  context: ServiceContext,
  named: string | undefined,
  isNeeded: boolean,
): Promise<Client | undefined> {
  const found = named === undefined ? undefined : await identifyClient(context, named)
  if (!found && (isNeeded || named !== undefined)) refuseCaller(rules.clientUnknown)
  return found?.client
}

async function decrypt(
  { service, now, keys: own }: ServiceContext,
  client: Client | undefined,
  jwe: string,
): Promise<string> {
  const secrets = secretKeys(service, client, now)
  const held = own.decryption(service)
  const keys = { set: serviceKeySet(service), secrets, held }
  const allowed = { algorithms: encryptionAlgorithms, encodings: contentEncryptions }
  return requireDecrypted((await decryptJwe(jwe, keys, allowed))?.text)
}

/** Verifies a JWT that the service signed with its keys or with the secret of the client. */
async function verifyOwnSignature(
  context: ServiceContext,
  client: Client | undefined,
  jwt: string,
) {
  const { service, now } = context
  const verified = await verifyJwt(jwt, serviceKeySet(service), signatureAlgorithms)
  const isForSecret = 'failure' in verified && verified.failure === 'key'
  const secrets = isForSecret ? secretKeys(service, client, now) : []
  return secrets.length > 0 ? verifyWithSecrets(jwt, secrets, signatureAlgorithms) : verified
}
