/** JWTs as evidence: the header and the registered claims, without values that name a person. */
import type { Shown } from '../../explain/evidence.ts'
import { currentTrace } from '../../explain/trace.ts'
import { headerOf, type Unverified, unverifiedClaims } from '../../jose/verify.ts'

const headerMembers = ['alg', 'enc', 'typ', 'cty', 'kid', 'crit']
const claimNames = ['iss', 'aud', 'exp', 'nbf', 'iat', 'htm', 'htu', 'client_id']
/** Shown to callers that prefer it: `explain; subject`. */
const personalNames = ['sub']

/** What a JWT states, whether it is valid or not. */
export function jwtEvidence(jwt: string): Shown {
  const claims = unverifiedClaims(jwt)
  const isPersonal = currentTrace()?.showsSubject === true
  return {
    length: jwt.length,
    header: pick(headerOf(jwt), headerMembers),
    claims: claims && pick(claims, isPersonal ? [...claimNames, ...personalNames] : claimNames),
  }
}

function pick(
  values: Record<string, unknown> | undefined,
  names: readonly string[],
): Record<string, Shown> | undefined {
  if (!values) return undefined
  const members = names.filter((name) => values[name] !== undefined)
  return Object.fromEntries(members.map((name) => [name, values[name] as Shown]))
}

/** Why a signature cannot be verified. */
export const failureNotes: Record<Unverified['failure'], string> = {
  malformed: 'It is not a signed JWT of the expected form.',
  algorithm: 'Its algorithm is not allowed.',
  key: 'No key fits its kid and alg.',
  signature: 'A key fits, but the signature is wrong.',
}

/** A claim with a time, beside the clock of the server. */
export const timeEvidence = (parameter: string, given: unknown, now: number) => ({
  parameter,
  given: typeof given === 'number' ? given : typeof given,
  note: `The clock of the server is at ${Math.floor(now / 1000)}.`,
})
