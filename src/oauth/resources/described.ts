/** Protected resources that a service describes, RFC 9728 §2: what their access tokens are like. */
import { z } from 'zod'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { parseJson } from '../../model/json.ts'
import { type AttributeOwner, defineAttribute } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import { normalResource } from '../resource.ts'
import { isUri, splitUri } from '../uri.ts'
import { uriProblem } from '../uri-property.ts'

const resourceLimit = 200
const longestSeconds = 315_360_000

const expectedUri = 'Expected an absolute URI without user information and fragment'
const isResource = (text: string) =>
  isUri(text) && !text.includes('#') && splitUri(text)?.userinfo === undefined

const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'Expected a scope (RFC 6749 §3.3)')
const page = z
  .string()
  .max(2_000)
  .refine((text) => uriProblem('', text, { fragment: true }) === undefined, 'Expected a URL')
const address = z
  .string()
  .max(2_000)
  .refine((text) => uriProblem('', text) === undefined, 'Expected a URL without fragment')

const ProtectedResource = z
  .strictObject({
    resource: z.string().max(2_000).refine(isResource, expectedUri),
    name: z.string().min(1).max(200).optional(),
    scopes: z.array(scope).max(200).optional(),
    accessTokenFormat: z.enum(['opaque', 'jwt']).optional(),
    accessTokenSignAlg: z.enum(asymmetricAlgorithms).optional(),
    accessTokenDuration: z.int().min(1).max(longestSeconds).optional(),
    documentation: page.optional(),
    policyUri: page.optional(),
    tosUri: page.optional(),
    jwksUri: address.optional(),
    bearerMethodsSupported: z.array(z.enum(['header', 'body', 'query'])).optional(),
    authorizationDetailsTypes: z.array(z.string().min(1).max(200)).max(200).optional(),
    dpopRequired: z.boolean().default(false),
    certificateRequired: z.boolean().default(false),
    listed: z.boolean().default(true),
  })
  .refine(
    ({ accessTokenFormat, accessTokenSignAlg }) =>
      accessTokenFormat !== 'opaque' || accessTokenSignAlg === undefined,
    { path: ['accessTokenSignAlg'], message: 'Opaque access tokens are not signed' },
  )
export type ProtectedResource = z.output<typeof ProtectedResource>

const List = z
  .array(ProtectedResource, {
    error: ({ code }) =>
      code === 'invalid_type' ? 'Expected the text of a JSON array' : undefined,
  })
  .max(resourceLimit, `Expected at most ${resourceLimit} resources`)
  .superRefine((list, context) => {
    const seen = new Set<string>()
    for (const [index, { resource }] of list.entries()) {
      const normal = normalResource(resource)
      if (seen.size === seen.add(normal).size) {
        const message = 'The resource is listed twice'
        context.addIssue({ code: 'custom', path: [index, 'resource'], message })
      }
    }
  })

interface Described {
  list: readonly ProtectedResource[]
  byUri: ReadonlyMap<string, ProtectedResource>
  /** The scopes that belong to described resources. */
  owned: ReadonlySet<string>
}

/** Scopes about tokens and not about resources, so that they belong to no resource. */
const unowned: ReadonlySet<string> = new Set(['openid', 'offline_access'])

type Parsed = Described | { problem: string }

/** The text that was parsed last: a check of a service parses the same text again. */
let latest: { text: string; parsed: Parsed } | undefined

function parseList(text: string): Parsed {
  if (latest?.text !== text) latest = { text, parsed: parseText(text) }
  return latest.parsed
}

function parseText(text: string): Parsed {
  let value: unknown
  try {
    value = parseJson(text)
  } catch {
    return { problem: 'Expected the text of a JSON array' }
  }
  const parsed = List.safeParse(value)
  if (parsed.success) return describedBy(parsed.data)
  const [issue] = parsed.error.issues
  const path = (issue?.path ?? []).map((each) =>
    typeof each === 'number' ? `[${each}]` : `.${String(each)}`,
  )
  return { problem: `${path.length > 0 ? `${path.join('')}: ` : ''}${issue?.message}` }
}

const describedBy = (list: readonly ProtectedResource[]): Described => ({
  list,
  byUri: new Map(list.map((each) => [normalResource(each.resource), each])),
  owned: new Set(list.flatMap(({ scopes = [] }) => scopes).filter((each) => !unowned.has(each))),
})

const none: Described = describedBy([])

const setting = defineAttribute<Described | undefined>({
  name: 'ext.resources',
  of: 'service',
  form: {
    parse(text) {
      const parsed = parseList(text)
      return 'problem' in parsed ? undefined : parsed
    },
    expected: `a JSON array of at most ${resourceLimit} descriptions of protected resources`,
  },
  fallback: undefined,
  effect:
    'The protected resources of the service, each with `resource` and, if wanted, `name`, `scopes`, ' +
    '`accessTokenFormat` (`opaque` or `jwt`), `accessTokenSignAlg`, `accessTokenDuration` (seconds), ' +
    '`dpopRequired`, `certificateRequired`, `documentation`, `policyUri`, `tosUri`, `jwksUri`, ' +
    '`bearerMethodsSupported`, `authorizationDetailsTypes` and `listed`. An access token for one of ' +
    'them follows its description. See `docs/how-to/resources.md`.',
  spec: 'RFC 9728 §2',
})

/** The description that is wrong, before the general check of attributes. */
export function describedProblem(owner: AttributeOwner): Problem | undefined {
  const [text, ...more] = (owner.attributes ?? []).filter(({ key }) => key === setting.name)
  if (text === undefined) return undefined
  const parsed = parseList(text.value ?? '')
  const problem = 'problem' in parsed ? parsed.problem : undefined
  const reason = more.length > 0 ? 'It is listed twice' : problem
  return reason === undefined
    ? undefined
    : { path: 'attributes', message: `The attribute ${setting.name} is wrong: ${reason}.` }
}

const known = new WeakMap<object, Described>()

/** Cached for each document of a service. */
function describedOf({ attributes }: AttributeOwner): Described {
  if (!attributes) return none
  const kept = known.get(attributes)
  if (kept) return kept
  const described = setting.read({ attributes }) ?? none
  known.set(attributes, described)
  return described
}

export const describedResources = (service: AttributeOwner): readonly ProtectedResource[] =>
  describedOf(service).list

/** The description of a resource, whose URIs are compared in normalized form. */
export const findDescribed = (
  service: AttributeOwner,
  resource: string,
): ProtectedResource | undefined => {
  const { byUri } = describedOf(service)
  return byUri.size === 0 ? undefined : byUri.get(normalResource(resource))
}

/** The description of the only resource of a token; undefined for none or several. */
export function onlyDescribed(
  service: AttributeOwner,
  resources: readonly string[],
): ProtectedResource | undefined {
  const [only, another] = resources
  return only === undefined || another !== undefined ? undefined : findDescribed(service, only)
}

/**
 * RFC 8707 §2.2: the scopes of a token for some resources. A scope that descriptions list belongs
 * to these resources, and is left out of tokens for others. A token for a resource without a
 * description, or for no resource, keeps all.
 */
export function scopesAtResources(
  service: AttributeOwner,
  resources: readonly string[],
  scopes: string[],
): string[] {
  const { owned } = describedOf(service)
  if (owned.size === 0 || resources.length === 0) return scopes
  const found = resources.map((resource) => findDescribed(service, resource))
  if (!found.every((each) => each !== undefined)) return scopes
  const own = new Set(found.flatMap((each) => each.scopes ?? []))
  return scopes.filter((each) => !owned.has(each) || own.has(each))
}
