/** The token endpoint, RFC 6749 §3.2: authenticates the client and processes its grant. */

import type { z } from 'zod'
import { challengeAfter, challengeFor } from '../../clients/attestation-challenge.ts'
import { authenticateClient } from '../../clients/authenticate.ts'
import { clientFacts, describeClient } from '../../clients/describe.ts'
import { anonymousRequester, clientOfGrant } from '../../clients/grant-owner.ts'
import type { ServiceContext } from '../../context.ts'
import { deleteToken } from '../../grants/delete-token.ts'
import { deferredGrants, grants, implementedGrantTypes } from '../../grants/index.ts'
import { authenticatedTexts } from '../../http/client-text.ts'
import { defineEndpoint } from '../../http/endpoint.ts'
import { refuseAs } from '../../http/refuse-as.ts'
import { invalidClient, json } from '../../http/relay.ts'
import type { Grant } from '../../model/grant.ts'
import type { Service } from '../../model/service/service.ts'
import { deviceOf } from '../../model/token/device.ts'
import { detailsToApi } from '../../oauth/authorization-details.ts'
import { isAnonymous } from '../../oauth/client-authentication/method.ts'
import { isDeletion } from '../../oauth/grants/delete-token.ts'
import { chooseGrantType, openGrantType } from '../../oauth/grants/grant-type.ts'
import { continuesNativeSso } from '../../oauth/grants/native-sso.ts'
import { type Parameters, parseParameters, requireEachOnce } from '../../oauth/parameters.ts'
import { mayRedeemAnonymously } from '../../oauth/vci/pre-authorized-code.ts'
import { plan, step } from '../../refusal.ts'
import type { GrantRequest } from '../../tokens/grant-request.ts'
import {
  bindingOf,
  nonceAfter,
  nonceFor,
  provenBy,
  verifySenderProof,
} from '../../tokens/sender-constraint.ts'
import type { OpenRequest } from '../../tokens/ticket.ts'
import { TokenRequest, TokenResponse } from './token-schemas.ts'

const refused = refuseAs({
  invalid_client: 'INVALID_CLIENT',
  server_error: 'INTERNAL_SERVER_ERROR',
  otherwise: 'BAD_REQUEST',
})

export const token = defineEndpoint({
  operationId: 'auth_token_api',
  method: 'post',
  path: '/api/{serviceId}/auth/token',
  tag: 'Token Endpoint',
  summary: 'Process a token request',
  description:
    'Authenticates the client and processes its grant. `PASSWORD`: the frontend checks the user, then ' +
    'calls `/auth/token/issue` or `/auth/token/fail` with the ticket. `TOKEN_EXCHANGE`, `JWT_BEARER`: ' +
    'the frontend decides, then calls `/auth/token/create` and writes the response itself, or calls ' +
    '`/auth/token/fail` with the ticket. An assertion of an issuer in `ext.trustedIssuers` is decided ' +
    'here, and so are exchanges by the settings of the service: `OK` with what was issued. ' +
    '`NATIVE_SSO`: the frontend checks or creates the device secret, then calls `/nativesso`. `ID_TOKEN_REISSUABLE`: as `OK`; the frontend may call ' +
    '`/idtoken/reissue`.',
  right: 'use_service',
  fromBrowsers: true,
  body: TokenRequest,
  form: true,
  clientText: authenticatedTexts,
  response: TokenResponse,
  relay: {
    OK: json(200),
    BAD_REQUEST: json(400),
    INVALID_CLIENT: invalidClient,
    INTERNAL_SERVER_ERROR: json(500),
  },
  results: {
    OK: { code: 'P035901', message: 'The token request is granted.' },
    NATIVE_SSO: {
      code: 'P029901',
      message: 'The caller must verify or create the device secret, then call /nativesso.',
    },
    PASSWORD: { code: 'P035902', message: 'The caller must verify the user name and password.' },
    TOKEN_EXCHANGE: {
      code: 'P027901',
      message: 'The caller must decide about the token exchange.',
    },
    JWT_BEARER: {
      code: 'P028901',
      message: 'The caller must verify the assertion and decide about the request.',
    },
    ID_TOKEN_REISSUABLE: { code: 'P024091', message: 'Granted; an ID Token may be reissued.' },
  },
  async handle({ body }, context) {
    const { service } = context
    plan('parameters', 'client', 'grant type', 'sender constraint')
    step('parameters')
    const parameters = parseParameters(body.parameters)
    requireEachOnce(parameters)
    const named = parameters.get('grant_type')
    const isNameless = isAnonymous(parameters, body)
    const open = isNameless ? openGrantType(named, service) : undefined
    if (open) return deferUnauthenticated(open, parameters, body, context)
    step('client')
    const guess = () => clientOfGrant(parameters, context)
    const authenticated =
      isNameless && mayRedeemAnonymously(named, service)
        ? anonymousRequester()
        : await authenticateClient(context, parameters, body, 'token', guess)
    const { client, clientAuthMethod, attestationThumbprint } = authenticated
    step('client', () => clientFacts(authenticated))
    step('grant type', () => ({ grantType: named }))
    if (isDeletion(named, service, client)) {
      const responseContent = await deleteToken({ ...authenticated, parameters }, context)
      const described = describeClient(service, client, authenticated.namedBy)
      const challenge = challengeFor(context, clientAuthMethod)
      return { action: 'OK', ...described, clientAuthMethod, ...challenge, responseContent }
    }
    const grantType = chooseGrantType(named, service, client, implementedGrantTypes)
    step('sender constraint', () => ({ dpop: !!body.dpop, certificate: !!body.clientCertificate }))
    const sender = await verifySenderProof(context, body, placeOf(service))
    const request: GrantRequest = {
      ...authenticated,
      writes: [...authenticated.writes, ...sender.writes],
      binding: { ...bindingOf(context, client, sender), attestationThumbprint },
      proven: provenBy(sender),
      parameters,
      ...givenBy(body),
    }
    const about = {
      grantType,
      ...describeClient(service, client, authenticated.namedBy),
      clientAuthMethod,
      ...nonceFor(context, body),
      ...challengeFor(context, clientAuthMethod),
    }
    if (isDeferred(grantType)) {
      const decided = await deferredGrants[grantType](request, context)
      return { action: grantType, ...about, ...decidedMembers(decided) }
    }
    const granting = grants[grantType as keyof typeof grants]
    const granted = await granting(request, context)
    const isNativeSso = continuesNativeSso(service, grantType, granted.grant)
    return {
      action: 'OK',
      ...about,
      ...issuedMembers(granted),
      ...(isNativeSso ? unfinished(parameters) : {}),
    }
  },
  refuse: (refusal, context) => ({
    ...refused(refusal, context),
    ...nonceAfter(context, refusal.rule.error),
    ...challengeAfter(context, refusal.rule.error),
  }),
})

type Body = z.output<typeof TokenRequest>

const placeOf = (service: Service) => ({
  htm: 'POST',
  htu: service.tokenEndpoint,
  setting: 'service.tokenEndpoint',
})

/** Properties and values that the caller sets for the tokens. */
const givenBy = (body: Body) => ({
  properties: body.properties ?? [],
  jwtAtClaims: body.jwtAtClaims || undefined,
  accessToken: body.accessToken || undefined,
  accessTokenDuration: body.accessTokenDuration || undefined,
  refreshTokenDuration: body.refreshTokenDuration || undefined,
  device: deviceOf(body),
})

/** The response about issued tokens, without what belongs to the commit. */
const issuedMembers = <T extends { grant: Grant; writes: unknown }>(granted: T) => {
  const { writes: _, grant, ...issued } = granted
  return {
    ...issued,
    scopes: grant.scopes,
    properties: grant.properties,
    resources: grant.resources,
    accessTokenResources: grant.resources,
    requestedIdTokenClaims: grant.requestedIdTokenClaims,
    authorizationDetails: detailsToApi(grant.authorizationDetails),
    sessionId: grant.sessionId,
    grantId: grant.grantId,
  }
}

type Decided = Awaited<ReturnType<(typeof deferredGrants)[keyof typeof deferredGrants]>>

/** What the caller must decide about, or the response if the engine has decided. */
const decidedMembers = (decided: Decided) =>
  'granted' in decided ? { action: 'OK' as const, ...issuedMembers(decided.granted) } : decided

const isDeferred = (type: string): type is keyof typeof deferredGrants =>
  Object.hasOwn(deferredGrants, type)

/** `/nativesso` creates the ID Token and the response, after the caller has the device secret. */
const unfinished = (parameters: Parameters) => ({
  action: 'NATIVE_SSO' as const,
  idToken: undefined,
  responseContent: undefined,
  deviceSecret: parameters.get('device_secret'),
})

/** A request without a client: the caller decides it by the presented token or assertion. */
async function deferUnauthenticated(
  grantType: NonNullable<ReturnType<typeof openGrantType>>,
  parameters: Parameters,
  body: Body,
  context: ServiceContext,
) {
  const { service } = context
  const sender = await verifySenderProof(context, body, placeOf(service))
  const { writes } = sender
  const proven = provenBy(sender)
  const binding = { dpopThumbprint: proven.dpopThumbprint, certificateThumbprint: undefined }
  const request: OpenRequest = {
    client: undefined,
    namedBy: 'id',
    parameters,
    binding,
    proven,
    writes,
    ...givenBy(body),
  }
  return {
    action: grantType,
    grantType,
    serviceAttributes: service.attributes,
    ...nonceFor(context, body),
    ...decidedMembers(await deferredGrants[grantType](request, context)),
  }
}
