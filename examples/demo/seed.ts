/** A service and a client, made through Postern's API as an operator would make them. */
import { serviceSettings } from '../frontend/service.ts'

export { grantTypes, scopes } from '../frontend/service.ts'

export interface Api {
  url: string
  token: string
}

type Json = Record<string, unknown>

interface Settings extends Json {
  attributes?: { key: string; value: string }[]
}

export async function callApi(api: Api, path: string, body: Json): Promise<Json> {
  const response = await fetch(`${api.url}/api/${path}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${api.token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`Postern answered ${response.status} to ${path}: ${text}`)
  return JSON.parse(text)
}

/** RFC 9700 in full: what is unsafe is off, whatever the lists below say. */
export const safeProfile: Settings = { attributes: [{ key: 'ext.profile', value: 'oauth-2.1' }] }

/** The service that the example frontend at this URL serves. Returns its id. */
export async function seedService(
  api: Api,
  frontend: string,
  settings: Settings = {},
): Promise<string> {
  const { attributes = [], ...more } = settings
  const service = await callApi(api, 'service/create', {
    ...(await serviceSettings(frontend, attributes)),
    ...more,
  })
  return String(service['apiKey'])
}

export interface SeededClient {
  clientId: string
  clientSecret: string
}

/** A confidential web application with this redirect URI. */
export async function seedClient(
  api: Api,
  serviceId: string,
  redirectUri: string,
  more: Json = {},
): Promise<SeededClient> {
  const client = await callApi(api, `${serviceId}/client/create`, {
    clientName: 'Tea Shop',
    clientType: 'CONFIDENTIAL',
    applicationType: 'WEB',
    grantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN'],
    responseTypes: ['CODE'],
    redirectUris: [redirectUri],
    tokenAuthMethod: 'CLIENT_SECRET_BASIC',
    idTokenSignAlg: 'ES256',
    policyUri: 'https://tea.example.com/privacy',
    tosUri: 'https://tea.example.com/terms',
    ...more,
  })
  return { clientId: String(client['clientId']), clientSecret: String(client['clientSecret']) }
}
