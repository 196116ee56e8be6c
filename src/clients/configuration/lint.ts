/** Lints that a change makes appear or vanish. */
import type { Client } from '../../model/client/client.ts'
import type { ProfileName } from '../../model/configuration/lint-profiles.ts'
import type { Service } from '../../model/service/service.ts'
import { clientLints } from '../../oauth/lint/client-lints.ts'
import { type Finding, reportOf } from '../../oauth/lint/lint.ts'
import { serviceLints } from '../../oauth/lint/service-lints.ts'
import { clientSubject, serviceSubject } from '../../oauth/lint/subjects.ts'

export type DocumentFinding = Omit<Finding, 'fix' | 'profiles'> & {
  /** `service`, or `clients.` and a key. */
  document: string
  profiles: ProfileName[]
}

export const serviceFindings = (service: Service): DocumentFinding[] =>
  found('service', reportOf(serviceLints, serviceSubject(service)).findings)

export const clientFindings = (
  service: Service,
  client: Client,
  key: string,
  now: number,
): DocumentFinding[] =>
  found(`clients.${key}`, reportOf(clientLints, clientSubject(service, client, now)).findings)

const found = (document: string, findings: Finding[]): DocumentFinding[] =>
  findings.map(({ code, profiles, level, path, spec, says }) => ({
    document,
    code,
    profiles,
    level,
    path,
    spec,
    says,
  }))

/** What is in one list and not in the other. */
export function withoutSame(
  findings: readonly DocumentFinding[],
  others: readonly DocumentFinding[],
): DocumentFinding[] {
  const known = new Set(others.map(({ document, code }) => `${document} ${code}`))
  return findings.filter(({ document, code }) => !known.has(`${document} ${code}`))
}

/** The required profiles that errors break. */
export const brokenProfiles = (
  findings: readonly DocumentFinding[],
  required: readonly ProfileName[],
): ProfileName[] =>
  required.filter((name) =>
    findings.some(({ level, profiles }) => level === 'error' && profiles.includes(name)),
  )
