/** What `postern dev` has at its start: a service with keys, two clients, and an API token. */
import { serviceSettings } from '#frontend/service.js'
import type { PosternApi } from '../embedded/types.ts'

export interface Seeded {
  serviceId: string
  /** An API token of the service only, for frontends. */
  apiToken: string
  /** The secret of the client `dev-web`; `dev-app` is a public client. */
  clientSecret: string
}

/** Aliases, so that the client IDs are the same after each start. */
export const clientIds = { web: 'dev-web', app: 'dev-app' }

/** An application under development needs no registered redirect URI. */
const testMode = { key: 'ext.test_mode', value: 'true' }
/** Tests need not wait for what expires. */
const movableClock = { key: 'ext.mode', value: 'test' }
const testModeAllowed = { key: 'ext.test_mode.allowed', value: 'true' }

const client = {
  clientIdAliasEnabled: true,
  applicationType: 'WEB',
  responseTypes: ['CODE'],
  redirectUris: ['http://127.0.0.1:8080/callback'],
}

const clients = [
  {
    ...client,
    clientIdAlias: clientIds.web,
    clientName: 'Web application',
    clientType: 'CONFIDENTIAL',
    tokenAuthMethod: 'CLIENT_SECRET_BASIC',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CLIENT_CREDENTIALS', 'DEVICE_CODE'],
    attributes: [testMode, { key: 'ext.auth_methods', value: 'client_secret_post' }],
  },
  {
    ...client,
    clientIdAlias: clientIds.app,
    clientName: 'Application without a secret',
    clientType: 'PUBLIC',
    tokenAuthMethod: 'NONE',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'DEVICE_CODE'],
    pkceRequired: true,
    pkceS256Required: true,
    attributes: [testMode],
  },
]

export async function seed(api: PosternApi, issuer: string): Promise<Seeded> {
  const { apiKey } = await api.post<{ apiKey: number }>('service/create', {
    ...(await serviceSettings(issuer, [testModeAllowed, movableClock])),
    serviceName: 'Development',
    clientIdAliasEnabled: true,
  })
  const serviceId = String(apiKey)
  let clientSecret = ''
  for (const each of clients) {
    const created = await api.post<{ clientSecret?: string }>(`${serviceId}/client/create`, each)
    clientSecret ||= created.clientSecret ?? ''
  }
  const { accessToken } = await api.post<{ accessToken: string }>('servicetoken/create', {
    serviceId: apiKey,
    description: 'Frontends of postern dev',
    rights: ['modify_service'],
  })
  return { serviceId, apiToken: accessToken, clientSecret }
}
