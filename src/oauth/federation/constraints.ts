/** Constraints of superiors on the entities below them, OpenID Federation §6.2. */
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { parseUrl } from '../../model/url.ts'

/** The statement of a superior, OpenID Federation §3. */
interface Governing {
  issuer: string
  subject: string
  claims: Record<string, unknown>
}

interface Constraints {
  max_path_length?: number
  naming_constraints?: Names
  allowed_entity_types?: string[]
}

/** The form of the claim was checked when the statement was read. */
const constraintsOf = ({ claims }: Governing): Constraints =>
  Object(claims['constraints']) as Constraints

/**
 * The first constraint that a chain breaks. The subordinate statements of the chain, beginning with
 * the one about its subject.
 */
export function constraintProblem(subordinate: readonly Governing[]): string | undefined {
  for (const [intermediates, statement] of subordinate.entries()) {
    const { max_path_length: most, naming_constraints: names } = constraintsOf(statement)
    if (most !== undefined && intermediates > most) {
      return `${statement.issuer} allows ${most} intermediates`
    }
    const isNamed = names && nameTest(names)
    const below = subordinate.slice(0, intermediates + 1)
    const wrong = isNamed && below.find(({ subject }) => !isNamed(hostOf(subject)))
    if (wrong) return `${statement.issuer} does not allow the name ${wrong.subject}`
  }
  return undefined
}

const hostOf = (entityId: string) => withoutRoot(parseUrl(entityId)?.hostname ?? '')

/** The period of the root names the same host. */
const withoutRoot = (name: string) => name.replace(/\.$/, '')

/**
 * The form in which a name is compared: in lower case, with A-labels, without the root. Undefined
 * if the text is not the name of a host, or of a domain with a period in front: it would match
 * nothing, so that excluding it would exclude nothing.
 */
export function constraintName(text: string): string | undefined {
  const [, period = '', rest] = named.exec(text) ?? []
  const name = rest === undefined ? '' : withoutRoot(domainToASCII(rest))
  return domainForm.test(name) ? `${period}${name}` : undefined
}

/** Whether a value is a name, RFC 5280 §4.2.1.10. */
export const isConstraintName = (value: unknown): value is string =>
  typeof value === 'string' && constraintName(value) !== undefined

const named = /^(\.?)([\w\-.\u0080-\uffff]{1,255})$/
const domainForm = /^[\w-]{1,63}(\.[\w-]{1,63})*$/

const namesOf = (list: readonly string[] = []) => list.flatMap((text) => constraintName(text) ?? [])

interface Names {
  permitted?: string[]
  excluded?: string[]
}

/** RFC 5280 §4.2.1.10: a host that is given as an address satisfies no names. */
function nameTest({ permitted, excluded }: Names): (host: string) => boolean {
  const [within, without] = [namesOf(permitted), namesOf(excluded)]
  return (host) =>
    !isAddress(host) &&
    !without.some((name) => isWithin(host, name)) &&
    (permitted === undefined || within.some((name) => isWithin(host, name)))
}

const isAddress = (host: string) => host.startsWith('[') || isIP(host) !== 0

/** RFC 5280 §4.2.1.10: with a period in front, hosts below the domain; otherwise the host. */
const isWithin = (host: string, name: string): boolean =>
  name.startsWith('.') ? host.endsWith(name) : host === name

/** Whether all constraints of a chain allow metadata of an entity type, §6.2.3. */
export const allowsType = (subordinate: readonly Governing[], type: string): boolean =>
  type === 'federation_entity' ||
  subordinate.every(
    (statement) => constraintsOf(statement).allowed_entity_types?.includes(type) ?? true,
  )
