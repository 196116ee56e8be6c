/** The trust marks that the service has got, OpenID Federation §7. */
import { asymmetricAlgorithms } from '../../../jose/signature-algorithm.ts'
import { headerOf, unverifiedClaims } from '../../../jose/verify.ts'
import { parseJson } from '../../../model/json.ts'
import type { Service, ServiceDocument } from '../../../model/service/service.ts'
import { type AttributeForm, attributeOf, defineAttribute } from '../../attribute.ts'
import type { Problem } from '../../property-problem.ts'
import { isEntityId } from '../entity-id.ts'

interface TrustMark {
  readonly type: string
  readonly jwt: string
  /** The entity that has the mark. */
  readonly subject: string
  /** In seconds; undefined: it does not expire. */
  readonly expiresAt: number | undefined
}

const most = 50

const marks: AttributeForm<readonly TrustMark[]> = {
  parse(text) {
    const read = listIn(text)?.map(markOf)
    return read && read.length <= most && read.every((mark) => mark !== undefined)
      ? read
      : undefined
  },
  expected:
    `a JSON array of at most ${most} objects with \`trust_mark_type\` and \`trust_mark\`, a signed ` +
    'JWT of the type `trust-mark+jwt` with `iss`, `sub`, `iat` and the same `trust_mark_type`',
}

const trustMarks = defineAttribute<readonly TrustMark[]>({
  name: 'ext.federation.trust_marks',
  of: 'service',
  form: marks,
  fallback: [],
  effect:
    'The trust marks in the entity configuration, as a JSON array. Each must be about the service ' +
    '(`sub` is its issuer). Marks that have expired are left out.',
  spec: 'OpenID Federation §3.1.2',
})

function listIn(text: string): unknown[] | undefined {
  try {
    const value = parseJson(text)
    return Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/** A mark that its readers can verify; its signature is not verified here. */
function markOf(entry: unknown): TrustMark | undefined {
  const { trust_mark_type: type, trust_mark: jwt } = Object(entry) as Record<string, unknown>
  if (!isText(type) || !isText(jwt)) return undefined
  const { typ, alg, kid } = headerOf(jwt) ?? {}
  const isSigned = asymmetricAlgorithms.some((each) => each === alg) && isText(kid)
  if (typ !== 'trust-mark+jwt' || !isSigned) return undefined
  const { iss, sub, trust_mark_type: named, iat, exp } = unverifiedClaims(jwt) ?? {}
  const isComplete = isEntityId(iss) && isText(sub) && named === type && Number.isFinite(iat)
  if (!isComplete || !(exp === undefined || Number.isFinite(exp))) return undefined
  return { type, jwt, subject: sub, expiresAt: exp as number | undefined }
}

/** The value of `trust_marks`: the marks that have not expired. */
export const currentTrustMarks = (service: Service, now: number) =>
  trustMarks
    .read(service)
    .filter((mark) => !hasExpired(mark, now))
    .map(({ type, jwt }) => ({ trust_mark_type: type, trust_mark: jwt }))

const hasExpired = ({ expiresAt }: TrustMark, now: number): boolean =>
  expiresAt !== undefined && expiresAt * 1000 <= now

/** A mark of another entity; in a changed attribute, also one that has expired. */
export function trustMarkProblem(
  document: ServiceDocument,
  now: number,
  former: Service | undefined,
): Problem | undefined {
  const { name } = trustMarks
  const isNew = !former || attributeOf(former, name) !== attributeOf(document, name)
  const problem = (message: string) => ({ path: 'attributes', message: `${name}: ${message}` })
  for (const mark of trustMarks.read(document)) {
    const about = `The trust mark ${mark.type.slice(0, 200)}`
    if (mark.subject !== document.issuer) {
      return problem(`${about} is about another entity than the issuer of the service.`)
    }
    if (isNew && hasExpired(mark, now)) return problem(`${about} has expired.`)
  }
  return undefined
}
