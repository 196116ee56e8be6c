/**
 * Authlete 2.x: the same operations at paths without a service. `Authorization: Basic` contains the
 * API key of a service and, as its secret, an API token. For operations on services the key is
 * ignored. Only path and credentials are translated: the operation itself checks the rights.
 */

import { identifyCaller } from '../caller.ts'
import type { Dependencies } from '../context.ts'
import { defineCallerRules, refuseCaller } from '../refusal.ts'
import type { Incoming } from './admit.ts'
import { recordRefusedCaller } from './call/refused-callers.ts'
import type { Endpoint } from './endpoint.ts'

const rules = defineCallerRules('Authlete 2.x', {
  serviceUnnamed: {
    code: 'P075001',
    status: 401,
    message:
      'The service is missing: send "Authorization: Basic" with the API key of the service and one ' +
      'of its API tokens as the secret.',
  },
  tokenOfAll: {
    code: 'P075002',
    status: 403,
    message:
      'The service is missing, and this API token is valid for all services: send it as the secret ' +
      'of "Authorization: Basic", with the API key of the service.',
  },
})

const ofService = '/api/{serviceId}'

/** Operations on services, with their paths in version 3, which contain the service. */
const moved: Record<string, string> = {
  '/service/get': '/api/service/get/{serviceId}',
  '/service/update': '/api/service/update/{serviceId}',
  '/service/delete': '/api/service/delete/{serviceId}',
}

/** Paths that are the same in both versions. */
const shared: readonly string[] = ['/api/service/create', '/api/service/get/list']

/**
 * The endpoints of both versions. `create` returns an API secret too, for callers that use Basic.
 */
export function withVersion2(endpoints: readonly Endpoint[], create: Endpoint): Endpoint[] {
  const own = new Set(endpoints.map(({ path }) => path))
  return endpoints.flatMap((endpoint) => {
    const { path } = endpoint
    if (shared.includes(path)) {
      return [ofManager(endpoint, path, path === create.path ? create : endpoint)]
    }
    if (!path.startsWith(`${ofService}/`)) return [endpoint]
    const tail = path.slice(ofService.length)
    if (own.has(`/api${tail}`)) return [endpoint]
    const target = moved[tail]
    const second = target ? ofManager(endpoint, target) : ofNamedService(endpoint, `/api${tail}`)
    return [endpoint, second]
  })
}

/** Accepts Basic and Bearer, for paths that contain the service or require none. */
const ofManager = (endpoint: Endpoint, path: string, byBasic = endpoint): Endpoint => ({
  ...endpoint,
  path,
  serve(incoming, dependencies) {
    const basic = readBasic(incoming.authorization)
    if (!basic) return endpoint.serve(incoming, dependencies)
    return byBasic.serve({ ...incoming, authorization: bearer(basic.secret) }, dependencies)
  },
})

const ofNamedService = (endpoint: Endpoint, path: string): Endpoint => ({
  ...endpoint,
  path,
  async serve(incoming, dependencies) {
    const named = await nameService(incoming, dependencies).catch(async (error: unknown) => {
      await recordRefusedCaller(error, incoming, endpoint, dependencies)
      throw error
    })
    return endpoint.serve(named, dependencies)
  },
})

/** Adds the service of the API key, or else of the API token, to the path parameters. */
async function nameService(incoming: Incoming, dependencies: Dependencies): Promise<Incoming> {
  const basic = readBasic(incoming.authorization)
  if (basic) {
    if (!/^\d{1,16}$/.test(basic.key)) refuseCaller(rules.serviceUnnamed)
    const params = { ...incoming.params, serviceId: basic.key }
    return { ...incoming, params, authorization: bearer(basic.secret) }
  }
  if (!incoming.authorization) refuseCaller(rules.serviceUnnamed)
  const { store, system } = dependencies
  const { serviceId } = await identifyCaller(incoming.authorization, store, system.clock())
  if (serviceId === undefined) refuseCaller(rules.tokenOfAll)
  return { ...incoming, params: { ...incoming.params, serviceId: String(serviceId) } }
}

const bearer = (token: string) => `Bearer ${token}`

/** RFC 7617 §2: the key ends at the first colon. */
function readBasic(authorization = ''): { key: string; secret: string } | undefined {
  const encoded = /^Basic +([\w+/-]+=*) *$/i.exec(authorization)?.[1]
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { key: text.slice(0, colon), secret: text.slice(colon + 1) }
}
