/** Constraints of superiors on the entities below them, OpenID Federation §6.2. */
import { parseUrl } from '../../model/url.ts'
import type { Statement } from './entity-statement.ts'

interface Constraints {
  max_path_length?: number
  naming_constraints?: { permitted?: string[]; excluded?: string[] }
  allowed_entity_types?: string[]
}

/** The form of the claim was checked when the statement was read. */
const constraintsOf = ({ claims }: Statement): Constraints =>
  Object(claims['constraints']) as Constraints

/**
 * The first constraint that a chain breaks. The subordinate statements of the chain, beginning with
 * the one about its subject.
 */
export function constraintProblem(subordinate: readonly Statement[]): string | undefined {
  for (const [intermediates, statement] of subordinate.entries()) {
    const { max_path_length: most, naming_constraints: names } = constraintsOf(statement)
    if (most !== undefined && intermediates > most) {
      return `${statement.issuer} allows ${most} intermediates`
    }
    const below = subordinate.slice(0, intermediates + 1)
    const wrong = names && below.find(({ subject }) => !isNamed(hostOf(subject), names))
    if (wrong) return `${statement.issuer} does not allow the name ${wrong.subject}`
  }
  return undefined
}

const hostOf = (entityId: string) => parseUrl(entityId)?.hostname ?? ''

type Names = NonNullable<Constraints['naming_constraints']>

const isNamed = (host: string, { permitted, excluded = [] }: Names): boolean =>
  !excluded.some((name) => isWithin(host, name)) &&
  (permitted === undefined || permitted.some((name) => isWithin(host, name)))

/** RFC 5280 §4.2.1.10: with a period in front, hosts below the domain; otherwise the host. */
const isWithin = (host: string, name: string): boolean =>
  name.startsWith('.') ? host.endsWith(name.toLowerCase()) : host === name.toLowerCase()

/** Whether all constraints of a chain allow metadata of an entity type, §6.2.3. */
export const allowsType = (subordinate: readonly Statement[], type: string): boolean =>
  type === 'federation_entity' ||
  subordinate.every(
    (statement) => constraintsOf(statement).allowed_entity_types?.includes(type) ?? true,
  )
