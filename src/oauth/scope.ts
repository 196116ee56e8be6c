/** Scopes: parsing, the scopes that a client may request, and the scopes that remain granted. */
import type { Client } from '../model/client/client.ts'
import type { Scope } from '../model/service/scope.ts'
import type { Service } from '../model/service/service.ts'
import { check, defineRules, refuse, step } from '../refusal.ts'
import { withinBudget } from './budget.ts'
import { parseWords } from './parameters.ts'
import { compilePattern } from './pattern.ts'
import { scopesForOutside } from './registration/outside-client.ts'

const rules = defineRules('Scope', {
  malformed: {
    code: 'P002001',
    error: 'invalid_scope',
    spec: 'RFC 6749 §3.3',
    message: 'The scope parameter contains a character that is not allowed in a scope.',
    fix: 'Send scopes of printable ASCII characters without quotes and backslashes, separated by spaces.',
  },
  tooMany: {
    code: 'P002002',
    error: 'invalid_scope',
    spec: 'RFC 6749 §3.3',
    message: 'The scope parameter contains too many scopes: the limit is 200.',
    fix: 'Send fewer scopes.',
  },
  missing: {
    code: 'P002003',
    error: 'invalid_scope',
    spec: 'RFC 6749 §3.3',
    message: 'A scope is required, and the request contains none that the client may request.',
    fix: 'Send a scope that the client may request, or mark a scope of the service as a default.',
    settings: ['service.scopeRequired', 'service.supportedScopes', 'client.extension'],
  },
  widened: {
    code: 'P002004',
    error: 'invalid_scope',
    spec: 'RFC 6749 §6',
    message: 'The request contains a scope that was not granted.',
    fix: 'Request only scopes that were granted; further ones require a new authorization request.',
  },
  tooCostly: {
    code: 'P002005',
    error: 'invalid_scope',
    spec: 'RFC 6749 §3.3',
    message:
      'The scopes are too many or too long to match against the scope patterns of the service.',
    fix: "Send fewer scopes, or simplify the patterns of the service's dynamic scopes.",
    settings: ['service.supportedScopes'],
  },
})

const limit = 200
/**
 * The scopes of OpenID Connect, supported by a service without a list: OIDC Core §5.4, §11.
 */
const standardScopes = ['openid', 'profile', 'email', 'address', 'phone', 'offline_access'].map(
  (name) => ({ name, defaultEntry: false }),
)

export const supportedScopes = (service: Pick<Service, 'supportedScopes'>): Scope[] =>
  service.supportedScopes ?? standardScopes

/** The client of a request. Anonymous requests (`{}`) have no registered scope list. */
type Requester = Partial<
  Pick<Client, 'extension' | 'discoveredByMetadataDocument' | 'dynamicallyRegistered'>
>

/** Scopes that the client may request: all supported ones, unless a list restricts it. */
export function requestableScopes(service: Service, client: Requester): Scope[] {
  const supported = supportedScopes(service)
  const listed = scopesForOutside(service, client)
  const all = listed ? supported.filter(({ name }) => listed.includes(name)) : supported
  const extension = client.extension
  if (!extension?.requestableScopesEnabled) return all
  const allowed = new Set(extension.requestableScopes ?? [])
  return all.filter(({ name }) => allowed.has(name))
}

/**
 * The scopes of a request. Unknown scopes are ignored (OIDC Core §3.1.2.1), and a request without
 * the parameter gets the service's default entries (RFC 6749 §3.3).
 */
export function chooseScopes(
  text: string | undefined,
  service: Service,
  client: Requester,
): string[] {
  step('scope')
  const requestable = requestableScopes(service, client)
  const chosen =
    text === undefined
      ? requestable.filter(({ defaultEntry }) => defaultEntry).map(({ name }) => name)
      : withinBudget(
          () => requested(parseScope(text), requestable),
          () => refuse(rules.tooCostly, { parameter: 'scope', given: text }),
        )
  check(!service.scopeRequired || chosen.length > 0, rules.missing, () => ({
    parameter: 'scope',
    given: text,
    setting: 'service.supportedScopes',
    expected: requestable.map(({ name }) => name),
  }))
  step('scope', () => ({ requested: text, chosen }))
  return chosen
}

/** RFC 6749 §6: a refresh may narrow the scopes, never widen them. */
export function narrowScopes(text: string | undefined, granted: string[]): string[] {
  step('scope', () => ({ requested: text, granted }))
  if (text === undefined) return granted
  const asked = parseScope(text)
  const allowed = new Set(granted)
  const wider = asked.find((scope) => !allowed.has(scope))
  check(wider === undefined, rules.widened, () => ({
    parameter: 'scope',
    given: wider,
    expected: granted,
  }))
  return asked
}

/** The scopes of a grant that service and client still have. */
export function keepScopes(scopes: string[], service: Service, client: Client): string[] {
  const find = entryFinder(requestableScopes(service, client))
  return scopes.filter((scope) => find(scope) !== undefined)
}

/**
 * The scopes that the caller granted, or the requested ones if it decided nothing. A caller cannot
 * add `openid`: a client gets an ID Token only if it requested one, OIDC Core §3.1.2.1.
 */
export function decidedScopes(
  decided: string[] | undefined,
  asked: string[],
  service: Service,
  client: Client,
): string[] {
  // An empty list is a decision too: no scope is granted.
  const scopes = decided ?? asked
  const granted = asked.includes('openid') ? scopes : scopes.filter((each) => each !== 'openid')
  return keepScopes(granted, service, client)
}

/** The words of a scope parameter, RFC 6749 §3.3; refuses more than 200. */
export function parseScope(text: string): string[] {
  const words = parseWords(text)
  check(words.length <= limit, rules.tooMany, () => ({
    parameter: 'scope',
    given: words.length,
    expected: limit,
  }))
  const malformed = words.find((word) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(word))
  check(malformed === undefined, rules.malformed, () => ({ parameter: 'scope', given: malformed }))
  return words
}

function requested(scopes: string[], requestable: readonly Scope[]): string[] {
  const find = strictFinder(requestable)
  return scopes.filter((scope) => find(scope) !== undefined)
}

/** The attribute that makes a scope dynamic: a pattern for its values. */
export const patternAttribute = 'regex'

/** The patterns of a scope; only the first one is used. */
export const scopePatterns = ({ attributes = [] }: Scope): string[] =>
  attributes.filter(({ key }) => key === patternAttribute).map(({ value = '' }) => value)

/** Entries by name, and the entries with a pattern. */
interface Entries {
  named: Map<string, Scope>
  dynamic: { entry: Scope; source: string }[]
}
const indexed = new WeakMap<readonly Scope[], Entries>()

function entriesOf(scopes: readonly Scope[]): Entries {
  const known = indexed.get(scopes)
  if (known) return known
  const entries = {
    named: new Map(scopes.map((entry) => [entry.name, entry])),
    dynamic: scopes.flatMap((entry) =>
      scopePatterns(entry)
        .slice(0, 1)
        .map((source) => ({ entry, source })),
    ),
  }
  indexed.set(scopes, entries)
  return entries
}

/** Steps allowed for matching the scopes of one request against patterns. */
const stepLimit = 500_000

type Finder = (scope: string) => Scope | undefined

/**
 * Finds the entry of a requested scope by its name or by its pattern. Throws if matching takes too
 * many steps.
 */
function strictFinder(scopes: readonly Scope[]): Finder {
  const { named, dynamic } = entriesOf(scopes)
  const budget = { left: stepLimit }
  return (scope) =>
    named.get(scope) ??
    dynamic.find(({ source }) => compilePattern(source, budget)?.matches(scope, budget))?.entry
}

/** Like `strictFinder`, but a scope that takes too many steps has no entry. */
function entryFinder(scopes: readonly Scope[]): Finder {
  const find = strictFinder(scopes)
  return (scope) =>
    withinBudget(
      () => find(scope),
      () => undefined,
    )
}

/** The service's entries for the scopes of a request or a token, each once. */
export function scopeEntries(service: Service, scopes: readonly string[]): Scope[] {
  const find = entryFinder(supportedScopes(service))
  return [...new Set(scopes.flatMap((scope) => find(scope) ?? []))]
}

/** The scopes of a token with the members of their entries; without an entry, just the name. */
export function grantedScopes(service: Service, scopes: readonly string[]): Scope[] {
  const find = entryFinder(supportedScopes(service))
  return scopes.map((name) => ({ defaultEntry: false, ...find(name), name }))
}

/** The scopes that match the pattern of an entry, with the name of that entry. */
export function dynamicScopes(
  service: Service,
  scopes: readonly string[],
): { name: string; value: string }[] {
  const find = entryFinder(supportedScopes(service))
  return scopes
    .map((value) => ({ name: find(value)?.name ?? value, value }))
    .filter(({ name, value }) => name !== value)
}
