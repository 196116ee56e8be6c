/**
 * Every operation that manages something leaves an audit record in the commit of its change. New
 * operations must declare the type of their record, or be listed as those that leave none.
 */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { endpoints } from '../../../src/api/index.ts'
import { auditTypes } from '../../../src/model/audit/record.ts'
import { createMemoryProvider } from '../../../src/system/providers/memory-provider.ts'
import { registrationAt } from '../../support/explicit-registration.ts'
import {
  createService,
  issuer,
  obtainTokens,
  redirectUri,
  type TestService,
} from '../../support/flows.ts'
import { storeIssued } from '../../support/issued.ts'
import type { Json, Reply } from '../../support/server.ts'
import { openSession, withSessions } from '../../support/sessions.ts'
import { testSystem } from '../../support/system.ts'
import { forTests } from '../../support/test-service.ts'

/** They only read. */
const readOnly = [
  // A dry run changes nothing; the log has a line of it.
  'explain_api',
  'refusals_api',
  ...['claims_preview_api', 'auth_token_get_list_api', 'auth_token_create_batch_status_api'],
  ...['service_configuration_api', 'service_configuration_api_post', 'jose_verify_api'],
  ...['service_token_all_api', 'organization_token_all_api', 'client_get_api'],
  ...['server_health_api', 'server_doctor_api', 'self_api'],
  ...['usage_of_service_api', 'usage_api'],
  ...[
    'notification_list_api',
    'service_keys_clients_api',
    'service_search_api',
    'client_search_api',
  ],
  ...['service_revision_list_api', 'service_revision_get_api'],
  ...['client_revision_list_api', 'client_revision_get_api'],
  ...['configuration_plan_api', 'configuration_get_api'],
  ...['client_get_list_api', 'client_registration_list_api', 'logout_delivery_list_api'],
  ...['client_extension_requestables_scopes_get_api', 'session_get_api', 'session_list_api'],
  ...['client_authorization_get_list_api', 'client_authorization_get_list_api_post'],
  ...['client_authorization_get_list_by_subject_api', 'client_granted_scopes_get_api'],
  ...['client_granted_scopes_get_api_post', 'client_granted_scopes_get_by_subject_api'],
  ...['audit_api', 'audit_of_service_api', 'audit_types_api', 'hsk_get_api', 'hsk_get_list_api'],
  ...['lifecycle_healthcheck', 'misc_echo_api', 'session_iframe_api', 'keys_convert_api'],
  ...['service_keys_list_api', 'test_clock_get_api'],
  ...['service_lint_api', 'client_lint_api', 'clients_lint_api'],
  ...['lifecycle_healthcheck', 'misc_echo_api', 'session_iframe_api'],
  // Signs a request, and changes nothing.
  'service_keys_csr_api',
  ...['event_endpoint_get_api', 'event_endpoint_list_api', 'event_delivery_list_api'],
  'ssf_stream_list_api',
  ...['vci_status_get_api', 'vci_credential_list_api'],
  ...['vci_metadata_api', 'vci_jwtissuer_api', 'vci_jwks_api'],
  ...['federation_configuration_api', 'federation_jwks_api', 'federation_historical_keys_api'],
  ...['federation_resolve_api', 'resource_metadata_api', 'ssf_configuration_api'],
  // The first call begins the log of the service, which changes no setting and no right.
  'auth_token_revocations_api',
]

/** Steps of the flows of clients and users, who act themselves: what is issued is no management. */
const flows = [
  ...['auth_authorization_api', 'auth_authorization_issue_api', 'auth_authorization_fail_api'],
  ...['authorization_ticket_info_post_api', 'updateAuthorizationTicket', 'pushed_auth_req_api'],
  ...['auth_token_api', 'auth_token_issue_api', 'auth_token_fail_api', 'native_sso_api'],
  ...['native_sso_logout_api', 'session_create_api', 'session_update_api'],
  ...['logout_api', 'logout_issue_api', 'logout_fail_api'],
  ...['device_authorization_api', 'device_verification_api', 'device_complete_api'],
  ...['backchannel_authentication_api', 'backchannel_authentication_issue_api'],
  ...['backchannel_authentication_fail_api', 'backchannel_authentication_complete_api'],
  ...['backchannel_logout_token_api', 'backchannel_logout_deliver_api'],
  // Sends notifications again, and changes no setting and no right.
  'logout_delivery_retry_api',
  'event_delivery_retry_api',
  // A receiver says what it is told of, and takes it; the frontend tells what it knows.
  ...['ssf_subjects_add_api', 'ssf_subjects_remove_api', 'ssf_verification_api'],
  ...['ssf_poll_api', 'ssf_event_api'],
  ...['idtoken_reissue_api', 'auth_userinfo_api', 'auth_userinfo_issue_api'],
  ...['auth_introspection_api', 'auth_introspection_standard_api', 'auth_revocation_api'],
  ...['userinfo_vc_parse_api', 'userinfo_vc_issue_api'],
  ...['attestation_challenge_api', 'vci_nonce_api'],
  ...['vci_single_parse_api', 'vci_batch_parse_api', 'vci_deferred_parse_api'],
  ...['vci_single_issue_api', 'vci_batch_issue_api', 'vci_deferred_issue_api'],
  // A credential offer begins a flow of the user, and changes no setting and no right.
  ...['vci_offer_create_api', 'vci_offer_info_api'],
  'vci_notification_api',
  // A client reads its registration; its own token may be replaced by that (RFC 7592 §3).
  'client_registration_get_api',
]

const audited = endpoints.filter(({ audits }) => audits !== undefined)

describe('operation', () => {
  it('declares the type of its audit record, or is listed as one that leaves none', () => {
    const without = endpoints.filter(({ audits }) => audits === undefined)
    const listed = new Set([...readOnly, ...flows])
    expect(without.map((each) => each.operationId).filter((id) => !listed.has(id))).toEqual([])
    const known = new Set(without.map(({ operationId }) => operationId))
    expect([...listed].filter((id) => !known.has(id))).toEqual([])
  })

  it('declares a type that the list of types describes', () => {
    for (const { audits } of audited) expect(Object.keys(auditTypes)).toContain(audits)
  })
})

let service: TestService
let made = 0
beforeAll(async () => {
  const keyProviders = new Map([['box', createMemoryProvider('box')]])
  const settings = {
    ...withSessions({ 'ext.ssf.base': `${issuer}/ssf` }),
    hsmEnabled: true,
    dynamicRegistrationSupported: true,
    registrationEndpoint: `${issuer}/register`,
    registrationManagementEndpoint: `${issuer}/manage`,
    grantManagementEndpoint: `${issuer}/gm`,
    supportedScopes: ['openid', 'profile', 'grant_management_revoke', 'ssf.manage'].map((name) => ({
      name,
    })),
  }
  service = await createService(settings, {
    system: testSystem({ keyProviders }),
    testServices: true,
  })
})
afterAll(() => service.close())

const at = (path: string) => `/api/${service.serviceId}${path}`
const headers = { 'Postern-Actor': 'Dora' }
const call = (method: string, path: string, body?: unknown) =>
  service.call(method, path, body, { headers })
const post = (path: string, body: unknown) => call('POST', at(path), body)
const patch = (path: string, body: unknown) =>
  service.call('PATCH', path, JSON.stringify(body), {
    headers: { ...headers, 'Content-Type': 'application/merge-patch+json' },
  })

const newKey = () => post('/hsk/create', { kty: 'EC', use: 'sig', alg: 'ES256', hsmName: 'box' })

/** A client for each call, since calls delete clients. */
const client = () => service.client()
async function registered(): Promise<Json> {
  made += 1
  const { responseContent, client: known } = await service.api('/client/registration', {
    json: JSON.stringify({ redirect_uris: [`${redirectUri}/${made}`] }),
  })
  const { registration_access_token: token } = JSON.parse(responseContent)
  return { clientId: String(known.clientId), token }
}
async function subjectOf(known: Json): Promise<string> {
  await obtainTokens(service, known)
  return 'alice'
}
async function ownService(): Promise<number> {
  return (await service.post('/api/service/create', {})).apiKey
}
async function apiToken(): Promise<Json> {
  const { serviceId } = service
  return service.post('/api/servicetoken/create', { serviceId, description: 'a token' })
}
const hook = 'https://hooks.example.com/'
async function eventEndpoint(): Promise<number> {
  const { body } = await post('/events/endpoint/create', { url: hook, types: ['grant.revoked'] })
  return body.endpointId
}
const allToken = (): Promise<Json> => service.post('/api/organizationtoken/create', {})

const deletesScopes = (path: (id: string) => string, method: string, body?: unknown) => async () =>
  call(method, at(path(String((await client()).clientId))), body)

/** A receiver's token, and the body of a request about its stream. */
async function streamOfClient() {
  const known = await client()
  const { accessToken } = await obtainTokens(service, known, { scope: 'openid ssf.manage' })
  const created = await service.api('/ssf/stream', {
    ...{ accessToken, method: 'POST', requestContent: '{}' },
  })
  const { stream_id } = JSON.parse(created.responseContent)
  return { clientId: known['clientId'], accessToken, stream_id }
}

async function stream(change: Json): Promise<Json> {
  const { accessToken, stream_id } = await streamOfClient()
  return { accessToken, requestContent: JSON.stringify({ stream_id, ...change }) }
}

/** A call of each audited operation that changes something. */
const calls: Record<string, () => Promise<Reply>> = {
  auth_token_create_api: async () => {
    const { clientId } = await client()
    return post('/auth/token/create', { grantType: 'CLIENT_CREDENTIALS', clientId })
  },
  auth_token_create_batch_api: async () => {
    const { clientId } = await client()
    return post('/auth/token/create/batch', [{ grantType: 'CLIENT_CREDENTIALS', clientId }])
  },
  auth_token_import_api: async () => {
    const { clientId: clientIdentifier } = await client()
    const accessToken = { hash: 'x'.repeat(43), expiresAt: service.system.clock() + 60_000 }
    return post('/auth/token/import', {
      tokens: [{ clientIdentifier, grantType: 'CLIENT_CREDENTIALS', accessToken }],
    })
  },
  auth_token_update_api: async () => {
    const { accessToken } = await obtainTokens(service, await client())
    return post('/auth/token/update', { accessToken, scopes: ['openid'] })
  },
  auth_token_delete_api: async () => {
    const { accessToken } = await obtainTokens(service, await client())
    return call('DELETE', at(`/auth/token/delete/${accessToken}`))
  },
  auth_token_revoke_api: async () => {
    const { accessToken } = await obtainTokens(service, await client())
    return post('/auth/token/revoke', { accessTokenIdentifier: accessToken })
  },
  session_delete_api: async () => {
    const { sessionId } = await openSession(service, { subject: 'alice' })
    return post('/session/delete', { sessionId, reason: 'A lost phone' })
  },
  event_endpoint_create_api: () => post('/events/endpoint/create', { url: hook }),
  event_endpoint_update_api: async () =>
    post('/events/endpoint/update', { endpointId: await eventEndpoint(), url: `${hook}/2` }),
  event_endpoint_rotate_api: async () =>
    post('/events/endpoint/rotate', { endpointId: await eventEndpoint() }),
  event_endpoint_delete_api: async () =>
    post('/events/endpoint/delete', { endpointId: await eventEndpoint() }),
  service_keys_import_api: async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    return post('/service/keys/import', {
      pem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      activate: 'current',
    })
  },
  service_keys_generate_api: () => post('/service/keys/generate', { alg: 'ES384' }),
  vci_status_update_api: async () => {
    const [credentialId] = (await storeIssued(service)).credentialIds
    return post('/vci/status/update', { credentialId, status: 'INVALID' })
  },
  service_keys_schedule_api: () => post('/service/keys/schedule', { alg: 'ES256', periodDays: 90 }),
  service_keys_rotate_api: () => post('/service/keys/rotate', { alg: 'PS256', operation: 'begin' }),
  hsk_create_api: async () => newKey(),
  hsk_delete_api: async () => {
    const handle = (await newKey()).body.hsk.handle
    return call('DELETE', `/api/${service.serviceId}/hsk/delete/${handle}?force=true`)
  },
  hsk_delete_by_get_api: async () => {
    const handle = (await newKey()).body.hsk.handle
    return call('GET', `/api/${service.serviceId}/hsk/delete/${handle}?force=true`)
  },
  grant_m_api: async () => {
    const scope = 'openid grant_management_revoke'
    const tokens = await obtainTokens(service, await client(), {
      ...{ scope, grant_management_action: 'create' },
    })
    const { accessToken, grantId } = tokens
    return post('/gm', { accessToken, gmAction: 'REVOKE', grantId })
  },
  ssf_stream_api: async () =>
    post('/ssf/stream', { method: 'PATCH', ...(await stream({ description: 'Changed' })) }),
  ssf_status_api: async () =>
    post('/ssf/status', { method: 'POST', ...(await stream({ status: 'paused' })) }),
  ssf_stream_status_update_api: async () => {
    const { clientId } = await streamOfClient()
    return post('/ssf/stream/status/update', { clientId, status: 'paused' })
  },
  ssf_stream_delete_api: async () => {
    const { clientId } = await streamOfClient()
    return post('/ssf/stream/delete', { clientId })
  },
  service_create_api: () => call('POST', '/api/service/create', { serviceName: 'Another' }),
  organization_service_create_api: () => call('POST', '/api/service', { service: {} }),
  service_get_api: () => call('GET', at('/service/get')),
  service_get_list_api: () => call('GET', '/api/service/get/list'),
  service_jwks_get_api: () => call('GET', at('/service/jwks/get?includePrivateKeys=true')),
  service_update_api: async () =>
    call('POST', `/api/${await ownService()}/service/update`, { serviceName: 'Changed' }),
  service_patch_api: async () =>
    patch(`/api/${await ownService()}/service`, { serviceName: 'Patched' }),
  test_clock_api: async () => {
    const { apiKey } = await service.post('/api/service/create', forTests())
    return call('POST', `/api/${apiKey}/testclock`, { advanceSeconds: 1 })
  },
  configuration_apply_api: async () => {
    const path = `/api/${await ownService()}`
    const configuration = { key: 'own', service: { serviceName: 'Applied' } }
    const { etags } = (await call('POST', `${path}/plan`, configuration)).body
    return call('POST', `${path}/apply`, { ...configuration, etags })
  },
  service_delete_api: async () => call('DELETE', `/api/${await ownService()}/service/delete`),
  organization_service_delete_api: async () =>
    call('POST', '/api/service/remove', { serviceId: await ownService() }),
  service_token_create_api: () =>
    call('POST', '/api/servicetoken/create', { serviceId: service.serviceId }),
  ...Object.fromEntries(
    ['rotate', 'update', 'revoke'].flatMap((name) => [
      [
        `service_token_${name}_api`,
        async () => {
          const { tokenId } = await apiToken()
          const { serviceId } = service
          const path = `/api/servicetoken/${name}`
          return call('POST', path, { serviceId, tokenId, description: 'b' })
        },
      ],
      [
        `organization_token_${name}_api`,
        async () => {
          const { tokenId } = await allToken()
          return call('POST', `/api/organizationtoken/${name}`, { tokenId, description: 'b' })
        },
      ],
    ]),
  ),
  organization_token_create_api: () => call('POST', '/api/organizationtoken/create', {}),
  client_create_api: () => post('/client/create', { clientName: 'A client' }),
  client_update_api: async () => {
    const { clientId } = await client()
    return post(`/client/update/${clientId}`, { clientName: 'Changed' })
  },
  client_patch_api: async () =>
    patch(at(`/clients/${(await client()).clientId}`), { clientName: 'Patched' }),
  service_revision_restore_api: async () => {
    const path = `/api/${await ownService()}/service`
    await patch(path, { serviceName: 'Changed' })
    return call('POST', `${path}/revisions/1/restore`)
  },
  client_revision_restore_api: async () => {
    const path = at(`/clients/${(await client()).clientId}`)
    await patch(path, { clientName: 'Changed' })
    return call('POST', `${path}/revisions/1/restore`)
  },
  client_delete_api: async () => call('DELETE', at(`/client/delete/${(await client()).clientId}`)),
  client_flag_update_api: async () =>
    post(`/client/lock_flag/update/${(await client()).clientId}`, { clientLocked: true }),
  client_secret_refresh_api: async () =>
    call('GET', at(`/client/secret/refresh/${(await client()).clientId}`)),
  client_secret_update_api: async () => {
    const { clientId } = await client()
    return post(`/client/secret/update/${clientId}`, { clientSecret: 'a'.repeat(40) })
  },
  client_secret_rotated_delete_api: async () => {
    const { clientId } = await client()
    await service.get(at(`/client/secret/refresh/${clientId}?graceSeconds=60`))
    return call('DELETE', at(`/client/secret/rotated/delete/${clientId}`))
  },
  client_registration_api: () =>
    post('/client/registration', { json: JSON.stringify({ redirect_uris: [redirectUri] }) }),
  federation_registration_api: async () => {
    const { settings: ofFederation, body } = await registrationAt(service)
    await service.configure(ofFederation)
    return post('/federation/registration', body)
  },
  client_registration_update_api: async () => {
    const { clientId, token } = await registered()
    const json = JSON.stringify({ client_id: clientId, redirect_uris: [redirectUri] })
    return post('/client/registration/update', { clientId, token, json })
  },
  client_registration_delete_api: async () =>
    post('/client/registration/delete', await registered()),
  ...Object.fromEntries(
    [
      ['client_extension_requestables_scopes_update_api', 'PUT'],
      ['client_extension_requestables_scopes_update_api_post', 'POST'],
    ].map(([id, method]) => [
      id,
      deletesScopes((of) => `/client/extension/requestable_scopes/update/${of}`, method ?? '', {
        requestableScopes: ['openid'],
      }),
    ]),
  ),
  client_extension_requestables_scopes_delete_api: async () => {
    const { clientId } = await client()
    const path = '/client/extension/requestable_scopes'
    await service.api(`${path}/update/${clientId}`, { requestableScopes: ['openid'] })
    return call('DELETE', at(`${path}/delete/${clientId}`))
  },
  client_authorization_update_api: async () => {
    const known = await client()
    const subject = await subjectOf(known)
    const scopes = ['openid']
    return post(`/client/authorization/update/${known.clientId}`, { subject, scopes })
  },
  ...Object.fromEntries(
    ['client_authorization_delete', 'client_granted_scopes_delete'].flatMap((name) => {
      const path = `/${name.replace('client_', 'client/').replace('_delete', '/delete')}`
      const delivered = async (method: string, bySubject: boolean) => {
        const known = await client()
        const subject = await subjectOf(known)
        const end = bySubject ? `/${subject}` : method === 'DELETE' ? `?subject=${subject}` : ''
        const body = method === 'POST' ? { subject } : undefined
        return call(method, at(`${path}/${known.clientId}${end}`), body)
      }
      return [
        [`${name}_api`, () => delivered('DELETE', false)],
        [`${name}_api_post`, () => delivered('POST', false)],
        [`${name}_by_subject_api`, () => delivered('DELETE', true)],
      ]
    }),
  ),
}

/** All records, by the newest calls. */
async function records(): Promise<Json[]> {
  const found: Json[] = []
  for (let after = 0, hasMore = true; hasMore; ) {
    const page = await service.get(`/api/audit?after=${after}&limit=1000`)
    found.push(...page.records)
    after = page.next
    hasMore = page.hasMore
  }
  return found
}

describe('audited operation', () => {
  it('has a call in this test', () => {
    const ids = new Set(audited.map(({ operationId }) => operationId))
    expect(new Set(Object.keys(calls))).toEqual(ids)
  })

  it.each(audited.map(({ operationId, audits }) => [operationId, audits]))(
    '%s leaves one record of %s, with its caller and for whom it acts',
    async (operationId, type) => {
      const reply = (await calls[operationId]?.()) as Reply
      expect([reply.status, reply.body?.action ?? 'OK', reply.text]).toEqual([
        expect.toSatisfy((status) => status === 200 || status === 204),
        expect.not.stringMatching(/ERROR|BAD|UNAUTHORIZED|FORBIDDEN|NOT_FOUND/),
        expect.any(String),
      ])
      const requestId = reply.headers.get('x-request-id')
      const own = (await records()).filter((record) => record.requestId === requestId)
      expect(own).toEqual([
        expect.objectContaining({
          ...{ type, operation: operationId, outcome: 'SUCCESS', occurrences: 1 },
          ...{ onBehalfOf: 'Dora', target: expect.objectContaining({ id: expect.any(String) }) },
        }),
      ])
      const ofClients = ['grant_m_api', 'ssf_stream_api', 'ssf_status_api']
      const isOfClient = ofClients.includes(operationId)
      expect(own[0].actor.kind).toBe(isOfClient ? 'client' : 'api_token')
    },
  )

  it('leaves no record if it is refused', async () => {
    const before = (await records()).length
    const { clientId } = await client()
    const created = (await records()).length
    expect(created).toBe(before + 1)
    const isWrong = { clientSecret: '' }
    expect((await post(`/client/secret/update/${clientId}`, isWrong)).status).toBe(400)
    expect((await post('/client/update/1', {})).status).toBe(404)
    const { body } = await post('/auth/token/update', { accessToken: 'unknown' })
    expect(body.action).toBe('NOT_FOUND')
    const dry = [{ grantType: 'CLIENT_CREDENTIALS', clientId }]
    expect((await post('/auth/token/create/batch?dryRun=true', dry)).status).toBe(200)
    expect((await records()).length).toBe(created)
  })
})
