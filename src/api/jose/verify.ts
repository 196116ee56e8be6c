/** Verifying a JWT for the caller: one that a client signed, or one of the service's own. */
import { z } from 'zod'
import { identifyClient } from '../../clients/authenticate.ts'
import { verifyClientSignature } from '../../clients/signature.ts'
import type { ServiceContext } from '../../context.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { ClientIdText } from '../../http/identifier.ts'
import { decryptJwe } from '../../jose/decrypt.ts'
import { contentEncryptions, encryptionAlgorithms } from '../../jose/encryption-algorithm.ts'
import { keySetOf } from '../../jose/key-set.ts'
import { signatureAlgorithms } from '../../jose/signature-algorithm.ts'
import { verifyJwt } from '../../jose/verify.ts'
import type { Client } from '../../model/client/client.ts'
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
      .describe('Names of claims that have to be there.'),
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
      .describe('True verifies with the keys of the client, false with those of the service.'),
  })
  .meta({ id: 'jose_verify_request' })

const JoseVerifyResponse = z
  .object({
    valid: z.boolean().describe('Whether signature and claims are good.'),
    signatureValid: z.boolean().describe('Whether the signature is good.'),
    missingClaims: z
      .array(z.string())
      .optional()
      .describe('Names of mandatory claims that are not there.'),
    invalidClaims: z
      .array(z.string())
      .optional()
      .describe('Names of claims that are there, and do not hold now.'),
    errorDescriptions: z
      .array(z.string())
      .optional()
      .describe('What is wrong, for people to read.'),
  })
  .meta({ id: 'jose_verify_response' })

export const joseVerify = defineEndpoint({
  operationId: 'jose_verify_api',
  method: 'post',
  path: '/api/{serviceId}/jose/verify',
  tag: 'JOSE Object',
  summary: 'Verify a JOSE object',
  description:
    'Decrypts what is encrypted for the service, verifies the signature with the keys of the ' +
    'client or the service, and checks `exp`, `nbf`, `iat` and the claims that are mandatory. A ' +
    'JWT that is not signed is not valid.',
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
  { service }: ServiceContext,
  client: Client | undefined,
  jwe: string,
): Promise<string> {
  const keys = { set: keySetOf(service, service.jwks), secret: client?.clientSecret }
  const allowed = { algorithms: encryptionAlgorithms, encodings: contentEncryptions }
  return requireDecrypted((await decryptJwe(jwe, keys, allowed))?.text)
}

/** What the service itself signed: with its keys, or for a client with the client's secret. */
async function verifyOwnSignature(
  context: ServiceContext,
  client: Client | undefined,
  jwt: string,
) {
  const { service } = context
  const verified = await verifyJwt(jwt, keySetOf(service, service.jwks), signatureAlgorithms)
  const isForSecret = 'failure' in verified && verified.failure === 'key' && client?.clientSecret
  return isForSecret
    ? verifyJwt(jwt, new TextEncoder().encode(client.clientSecret), signatureAlgorithms)
    : verified
}
