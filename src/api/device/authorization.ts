/** The device authorization endpoint, RFC 8628 §3.1: issues a device code and a user code. */

import { z } from 'zod'
import { type AuthenticatedClient, authenticateClient } from '../../clients/authenticate.ts'
import { clientFacts } from '../../clients/describe.ts'
import type { ServiceContext } from '../../context.ts'
import { authenticatedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { invalidClient, json } from '../../http/relay.ts'
import type { Client } from '../../model/client/client.ts'
import { DeviceCode } from '../../model/request/device-code.ts'
import { chooseAcrs, supportedAcrs } from '../../oauth/authorization/prompt.ts'
import { requireStorable } from '../../oauth/authorization/stored-request.ts'
import { parseAuthorizationDetails } from '../../oauth/authorization-details.ts'
import { claimNames, parseClaims } from '../../oauth/claims/parameter.ts'
import { clientDeleted } from '../../oauth/client-authentication/method.ts'
import {
  deviceCodeSeconds,
  drawUserCode,
  pollingSeconds,
  requireVerificationUri,
  userCodesExhausted,
  verificationUris,
} from '../../oauth/grants/device.ts'
import { requireGrantType } from '../../oauth/grants/grant-type.ts'
import { type Parameters, parseParameters, requireEachOnce } from '../../oauth/parameters.ts'
import { parseResources } from '../../oauth/resource.ts'
import { chooseScopes } from '../../oauth/scope.ts'
import { requireResources } from '../../oauth/service/profile.ts'
import { tokenHash } from '../../oauth/tokens/access-token.ts'
import { plan, Refusal, refuse, step } from '../../refusal.ts'
import { describeDeviceRequest, userCodeHash } from '../../requests/device.ts'
import { requestedGrant } from '../../requests/grant-management.ts'
import { ConflictError, orRefuse, type Write } from '../../store/engine.ts'
import { action, field } from '../fields.ts'
import { given } from '../request-fields.ts'
import { deviceRequestMembers } from './schemas.ts'

const DeviceAuthorizationRequest = z
  .object({
    parameters: z
      .string()
      .max(65_536)
      .default('')
      .describe('The request parameters as the device sent them: the form body.'),
    clientId: given.clientIdOfHeader,
    clientSecret: z
      .string()
      .optional()
      .describe('The secret that the client presented in the Authorization header.'),
    clientCertificate: field.clientCertificate,
    clientCertificatePath: field.clientCertificatePath,
    oauthClientAttestation: field.oauthClientAttestation,
    oauthClientAttestationPop: field.oauthClientAttestationPop,
    cimdOptions: field.cimdOptions,
  })
  .meta({ id: 'device_authorization_request' })

const DeviceAuthorizationResponse = z
  .object({
    action: action('INTERNAL_SERVER_ERROR', 'BAD_REQUEST', 'UNAUTHORIZED', 'OK'),
    responseContent: z.string().optional().describe('The response for the device.'),
    corsOrigins: field.corsOrigins,
    ...deviceRequestMembers,
    clientAuthMethod: field.clientAuthMethod,
    deviceCode: z
      .string()
      .optional()
      .describe('The device code, with which the device polls the token endpoint.'),
    userCode: z
      .string()
      .optional()
      .describe('The user code, which the user enters at the verification URI.'),
    verificationUri: z
      .string()
      .optional()
      .describe('URL of the page where the user enters the code.'),
    verificationUriComplete: z
      .string()
      .optional()
      .describe('The same page, with the user code in its URL.'),
    expiresIn: z.int().optional().describe('Lifetime of both codes in seconds.'),
    interval: z.int().optional().describe('Seconds between two polls of the device.'),
    warnings: z.array(z.string()).optional().describe('Warnings about the request.'),
    attestationChallenge: field.attestationChallenge,
  })
  .meta({ id: 'device_authorization_response' })

/** Attempts to draw an unused user code before the request fails. */
const draws = 5

export const deviceAuthorization = defineEndpoint({
  operationId: 'device_authorization_api',
  method: 'post',
  path: '/api/{serviceId}/device/authorization',
  tag: 'Device Flow',
  summary: 'Process a device authorization request',
  description:
    'Authenticates the client, checks the request, and returns two codes: the device polls with the ' +
    'device code, and the user enters the user code at the verification URI.',
  right: 'use_service',
  fromBrowsers: true,
  body: DeviceAuthorizationRequest,
  form: true,
  clientText: authenticatedTexts,
  response: DeviceAuthorizationResponse,
  relay: {
    OK: json(200),
    BAD_REQUEST: json(400),
    UNAUTHORIZED: invalidClient,
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: { OK: { code: 'P080901', message: 'The device may show its user code, and poll.' } },
  async handle({ body }, context) {
    const { service } = context
    plan('parameters', 'client', 'grant type', 'scope', 'codes')
    step('parameters')
    const parameters = parseParameters(body.parameters)
    requireEachOnce(parameters)
    step('client')
    const authenticated = await authenticateClient(context, parameters, body, 'device')
    step('client', () => clientFacts(authenticated))
    const { client, clientAuthMethod, writes } = authenticated
    step('grant type')
    requireGrantType('DEVICE_CODE', service, client)
    requireVerificationUri(service)
    const managed = await requestedGrant(parameters, client, context)
    const { gmAction, grantId } = managed ?? {}
    const request = requestOf(parameters, authenticated, context)
    const data = { ...request, gmAction, grantId }
    step('codes')
    const codes = await keepCodes(context, client, data, writes)
    const uris = verificationUris(service, codes.userCode)
    const expiresIn = deviceCodeSeconds(service)
    const interval = pollingSeconds(service)
    return {
      action: 'OK',
      ...describeDeviceRequest(context, client, data),
      ...managed,
      clientAuthMethod,
      ...codes,
      ...uris,
      expiresIn,
      interval,
      responseContent: JSON.stringify({
        device_code: codes.deviceCode,
        user_code: codes.userCode,
        verification_uri: uris.verificationUri,
        verification_uri_complete: uris.verificationUriComplete,
        expires_in: expiresIn,
        interval,
      }),
    }
  },
  refuse: refuseAs({
    invalid_client: 'UNAUTHORIZED',
    server_error: 'INTERNAL_SERVER_ERROR',
    otherwise: 'BAD_REQUEST',
  }),
})

/** RFC 8628 §3.1: the checked request. */
function requestOf(
  parameters: Parameters,
  { client, namedBy }: AuthenticatedClient,
  { service }: ServiceContext,
): DeviceCode {
  const scopes = chooseScopes(parameters.get('scope'), service, client)
  const claims = parseClaims(parameters.get('claims'), service)
  const { acrs } = chooseAcrs(parameters, claims, client)
  const isOpenId = scopes.includes('openid')
  const asked = [...claims.idTokenNames, ...claims.userInfoNames]
  const details = parameters.get('authorization_details')
  const kept = DeviceCode.parse({
    namedBy,
    scopes,
    acrs: supportedAcrs(acrs, service),
    resources: requireResources(service, client, parseResources(parameters)),
    authorizationDetails: parseAuthorizationDetails(details, service, client),
    idTokenClaims: claims.idTokenClaims,
    userInfoClaims: claims.userInfoClaims,
    transformedClaims: claims.transformedClaims,
    requestedIdTokenClaims: claims.idTokenNames,
    claimNames: isOpenId ? claimNames(service, scopes, asked) : [],
  })
  return requireStorable(kept)
}

/** Stores the hashes of both codes. If the user code exists already, another one is drawn. */
async function keepCodes(
  context: ServiceContext,
  client: Client,
  data: DeviceCode,
  writes: Write[],
): Promise<{ deviceCode: string; userCode: string }> {
  const { service, store, system, now } = context
  const deviceCode = system.random.token(256)
  for (let drawn = 0; drawn < draws; drawn += 1) {
    const userCode = drawUserCode(service, system.random.integer)
    const write = store.deviceCodes.insertIfClientExists({
      serviceId: service.apiKey,
      deviceCodeHash: tokenHash(deviceCode),
      userCodeHash: userCodeHash(context, userCode),
      clientId: client.clientId,
      pollingInterval: pollingSeconds(service),
      expiresAt: now + deviceCodeSeconds(service) * 1000,
      data,
    })
    try {
      await store.commit(...writes, orRefuse(write, new Refusal(clientDeleted)))
      return { deviceCode, userCode }
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error
    }
  }
  return refuse(userCodesExhausted)
}
