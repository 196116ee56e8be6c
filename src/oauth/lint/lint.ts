/** Lints: advice about settings that are accepted, and that a security profile forbids. */
import type { JWK } from 'jose'
import type { Client } from '../../model/client/client.ts'
import { lintProfiles, type ProfileName } from '../../model/configuration/lint-profiles.ts'
import type { Service } from '../../model/service/service.ts'
import type { Policy } from '../policy.ts'

/** Each profile is a set of lints. It holds if none of those with level `error` applies. */
export const profiles = lintProfiles
export type { ProfileName }

export const levels = ['error', 'warning', 'hint'] as const
export type Level = (typeof levels)[number]

/** A merge patch (RFC 7396) of the document that the lint is about. */
export type Fix = Readonly<Record<string, unknown>>

export interface Lint<Subject> {
  code: string
  profiles: readonly ProfileName[]
  level: Level
  /** The property that it is about. */
  path: string
  spec?: string
  says: string
  applies: (subject: Subject) => boolean
  fix?: (subject: Subject) => Fix
}

export interface ServiceSubject {
  service: Service
  /** What settings and profiles of the service demand together. */
  policy: Readonly<Policy>
  /** The keys that sign, with their algorithms. */
  signing: readonly JWK[]
}

export interface ClientSubject {
  service: Service
  client: Client
  policy: Readonly<Policy>
  /** Milliseconds since the Unix epoch. */
  now: number
}

export interface Finding {
  code: string
  profiles: ProfileName[]
  level: Level
  path: string
  spec?: string | undefined
  says: string
  fix?: Fix | undefined
}

export interface Report {
  findings: Finding[]
  /** By profile, whether the document satisfies it. */
  conforms: Partial<Record<ProfileName, boolean>>
}

/** Applies the lints of some profiles. */
export function reportOf<Subject>(
  lints: readonly Lint<Subject>[],
  subject: Subject,
  asked: readonly ProfileName[] = profiles,
): Report {
  const findings = lints.flatMap((lint): Finding[] => {
    const of = lint.profiles.filter((name) => asked.includes(name))
    if (of.length === 0 || !lint.applies(subject)) return []
    const { code, level, path, spec, says } = lint
    return [{ code, profiles: of, level, path, spec, says, fix: lint.fix?.(subject) }]
  })
  const breaks = (name: ProfileName) =>
    findings.some((found) => found.level === 'error' && found.profiles.includes(name))
  return {
    findings,
    conforms: Object.fromEntries(asked.map((name) => [name, !breaks(name)])),
  }
}
