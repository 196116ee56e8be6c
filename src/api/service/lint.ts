/** Advice about the settings of a service. */
import { z } from 'zod'
import { defineEndpoint } from '../../http/endpoint.ts'
import { publicKeySetText } from '../../jose/key-set.ts'
import { type Service, ServiceDocument } from '../../model/service/service.ts'
import { reportOf } from '../../oauth/lint/lint.ts'
import { serviceLints } from '../../oauth/lint/service-lints.ts'
import { serviceSubject } from '../../oauth/lint/subjects.ts'
import { asked, LintReport } from '../lint-schemas.ts'

const LintRequest = z
  .object({
    profiles: asked,
    service: ServiceDocument.optional().describe(
      'Settings that are not saved yet; without, those of the service.',
    ),
  })
  .meta({ id: 'service_lint_request' })

export const serviceLint = defineEndpoint({
  operationId: 'service_lint_api',
  method: 'post',
  path: '/api/{serviceId}/service/lint',
  tag: 'Service Management',
  summary: 'Check the settings of a service',
  description:
    'Compares the settings with security profiles. It is advice: settings with findings can be ' +
    'saved. Nothing is changed.',
  right: 'view_service',
  body: LintRequest,
  response: LintReport,
  handle: async ({ body }, { service }) => {
    const subject = body.service ? unsaved(service, body.service) : service
    return reportOf(serviceLints, serviceSubject(subject), body.profiles)
  },
})

const keySets = ['jwks', 'federationJwks', 'credentialJwks'] as const

/** The stored service with other settings. Callers who see public keys only send those back. */
function unsaved(stored: Service, given: ServiceDocument): Service {
  const sets = Object.fromEntries(
    keySets.flatMap((name) => {
      const [before, now] = [stored[name], given[name]]
      const isSame = before && now && publicKeySetText(before) === publicKeySetText(now)
      return isSame ? [[name, before]] : []
    }),
  )
  return { ...stored, ...emptied, ...given, ...sets }
}

/** Properties that the given settings omit are absent. */
const emptied = Object.fromEntries(
  Object.keys(ServiceDocument.shape).map((name) => [name, undefined]),
)
