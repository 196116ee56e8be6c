/** Profiles that a service and its clients must not break: `ext.lint.require`. */
import type { Client, ClientDocument } from '../../model/client/client.ts'
import type { Service } from '../../model/service/service.ts'
import { defineAttribute } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import { clientLints } from './client-lints.ts'
import { type Finding, type ProfileName, profiles, reportOf } from './lint.ts'
import { serviceLints } from './service-lints.ts'
import { clientSubject, serviceSubject } from './subjects.ts'

const isProfile = (word: string): word is ProfileName => profiles.some((name) => name === word)

const requiredProfiles = defineAttribute<readonly ProfileName[]>({
  name: 'ext.lint.require',
  of: 'service',
  form: {
    parse(text) {
      const named = text.split(/[\s,]+/).filter((word) => word !== '')
      return named.length <= 2 * profiles.length && named.every(isProfile) ? named : undefined
    },
    expected: `some of ${profiles.map((name) => `\`${name}\``).join(', ')}, separated by commas`,
  },
  fallback: [],
  effect:
    'Changes of the service and of its clients, and registrations of clients, are refused if they ' +
    'leave a finding with level `error` of these profiles. Locks and secrets of clients can be ' +
    'changed all the same.',
})

/** What the settings of a service break of the profiles that they require. */
export function brokenByService(service: Service): Finding[] {
  const required = requiredProfiles.read(service)
  if (required.length === 0) return []
  return errorsIn(reportOf(serviceLints, serviceSubject(service), required).findings)
}

/** What the settings of a client break of the profiles that its service requires. */
export function brokenByClient(service: Service, document: ClientDocument, now: number): Finding[] {
  const required = requiredProfiles.read(service)
  if (required.length === 0) return []
  const client = { ...document, createdAt: now } as Client
  return errorsIn(reportOf(clientLints, clientSubject(service, client, now), required).findings)
}

/** The same for a client that describes itself. */
export function requiredLintProblem(
  service: Service,
  document: ClientDocument,
  now: number,
): Problem | undefined {
  const [first] = brokenByClient(service, document, now)
  return first && { path: first.path, message: `${first.says} (${first.code})` }
}

const errorsIn = (findings: readonly Finding[]) => findings.filter(({ level }) => level === 'error')
