/** Entity statements where entities publish them, OpenID Federation §8.1 and §9. */
import { processTime, type ServiceContext } from '../../context.ts'
import type { KeySet } from '../../jose/key-set.ts'
import { configurationUrl } from '../../oauth/federation/entity-id.ts'
import type { Statement } from '../../oauth/federation/entity-statement.ts'
import { statementUrl } from '../../oauth/federation/fetch-endpoint.ts'
import { tlsInsecure } from '../../oauth/service/outbound-tls.ts'
import { defineRules, Refusal, refuse } from '../../refusal.ts'
import { FetchError } from '../../system/fetch-error.ts'
import { budgetOf } from './budget.ts'
import { statementsOf } from './statements.ts'

export const rules = defineRules('Published entity statement', {
  notFound: {
    code: 'P136101',
    error: 'invalid_client',
    spec: 'OpenID Federation §9',
    message: 'The entity publishes no configuration at its well-known location.',
    fix: 'Publish it there with HTTP 200, at an address that this server may reach.',
  },
  unreachable: {
    code: 'P136102',
    error: 'temporarily_unavailable',
    spec: 'OpenID Federation §10.5',
    message: 'The entity or one of its superiors cannot be reached at present: try again later.',
    isTemporary: true,
    fix: 'Try again later, and see that the entity and its superiors answer.',
  },
  foreign: {
    code: 'P136103',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §10.2',
    message: 'A published entity statement must be by and about the entities that it was asked of.',
    fix: 'Publish there the statement about that subject, signed by the key that its superior states.',
  },
  spent: {
    code: 'P136104',
    error: 'invalid_trust_chain',
    spec: 'OpenID Federation §18.1',
    message: 'Too many entity statements would be fetched: send a trust chain with the request.',
    fix: 'Put the authority hint that leads to a trust anchor first, or send a trust chain.',
  },
})

/** The statements of one resolution; each is fetched once. */
export interface Published {
  /** The configuration of an entity, signed with its own keys. */
  configuration(entityId: string): Promise<Statement>
  /** What a superior states about a subordinate. */
  about(superior: Statement, subject: string): Promise<Statement>
  /** Whether the configuration of an entity was known from before. */
  wasKnown(entityId: string): boolean
  /**
   * From now on, fetches what this resolution has not fetched itself. False if nothing was known
   * from before, so that nothing would change.
   */
  renew(): boolean
}

interface Wanted {
  url: string
  issuer: string
  subject: string
  /** The keys of the issuer; without them, those that the statement has. */
  keys?: KeySet
}

const mostBytes = 65_536

/** Whether an entity publishes nothing, so that it may be a client of another kind. */
export const isUnpublished = (error: unknown): boolean =>
  error instanceof Refusal && error.rule === rules.notFound

/** `isOver` says that the resolution has taken too long: nothing more is fetched then. */
export function publishedFor(
  context: Pick<ServiceContext, 'service' | 'system' | 'now'>,
  isOver: () => boolean,
): Published {
  const { service, system, now } = context
  const budget = budgetOf(context)
  // What was fetched is shared with services that have other clocks.
  const shared = processTime(context)
  const statements = statementsOf(system)
  const loaded = new Map<string, Promise<Statement>>()
  const known = new Set<string>()
  const fetched = new Set<string>()
  let isRenewed = false

  async function fetchText(url: string): Promise<string> {
    if (!budget.take()) return refuse(rules.spent, url)
    const options = {
      purpose: 'entity statement',
      serviceId: service.apiKey,
      accept: 'application/entity-statement+jwt',
      maxBytes: mostBytes,
    }
    try {
      const { body, contentType } = await budget.run(() =>
        isOver() ? refuse(rules.unreachable, url) : system.fetch(url, options),
      )
      return isStatementType(contentType) ? body.trim() : refuse(rules.notFound, contentType)
    } catch (error) {
      return textOfFailure(error)
    }
  }

  async function fetchStatement(source: string, wanted: Wanted): Promise<Statement> {
    const { url, issuer, subject, keys } = wanted
    const statement = statements.read(await fetchText(url))
    const isWanted = statement.issuer === issuer && statement.subject === subject
    if (!isWanted) refuse(rules.foreign, `${url} is by ${statement.issuer}`)
    if (!(await statements.isSignedBy(statement, keys ?? statement.keys))) {
      refuse(rules.foreign, `${url} has the signature of another key`)
    }
    statements.keep(source, statement, shared)
    fetched.add(source)
    return statement
  }

  async function load(source: string, wanted: Wanted): Promise<Statement> {
    const kept = statements.kept(source, now)
    if (kept && kept.freshUntil > shared && !isRenewed) {
      known.add(source)
      return kept.statement
    }
    try {
      return await fetchStatement(source, wanted)
    } catch (error) {
      const isTemporary = error instanceof Refusal && error.rule.isTemporary
      if (kept && isTemporary) return kept.statement
      throw error
    }
  }

  /** What was fetched without a check of certificates is not for other services. */
  const scope = tlsInsecure.read(service) ? `${service.apiKey}` : ''

  const sourceOf = ({ url, issuer, subject }: Wanted) => [scope, issuer, subject, url].join(' ')
  const ownOf = (id: string): Wanted => ({ url: configurationUrl(id), issuer: id, subject: id })

  function once(wanted: Wanted): Promise<Statement> {
    const source = sourceOf(wanted)
    const loading = loaded.get(source) ?? load(source, wanted)
    loaded.set(source, loading)
    return loading
  }

  return {
    configuration: (entityId) => once(ownOf(entityId)),
    async about({ issuer, claims, keys }, subject) {
      const url = statementUrl(claims, subject)
      if (url === undefined) return refuse(rules.notFound, `${issuer} has no fetch endpoint`)
      return once({ url, issuer, subject, keys })
    },
    wasKnown: (entityId) => known.has(sourceOf(ownOf(entityId))),
    renew() {
      if (isRenewed || known.size === 0) return false
      for (const source of loaded.keys()) if (!fetched.has(source)) loaded.delete(source)
      isRenewed = true
      return true
    },
  }
}

/**
 * Servers of static files have no type for statements, which their `typ` tells apart. What says
 * that it is a page or a JSON document is none.
 */
const isStatementType = (contentType: string): boolean =>
  /^(application\/(entity-statement\+jwt|jwt|jose|octet-stream)|text\/plain)?\s*(;|$)/i.test(
    contentType,
  )

/** The text of a response that cannot be read is empty, which is no statement. */
function textOfFailure(error: unknown): string {
  if (error instanceof Refusal) throw error
  if (!(error instanceof FetchError)) return refuse(rules.unreachable)
  const { reason, status = 0, message } = error
  if (reason === 'too-large' || reason === 'encoding') return ''
  const isOverloaded = status >= 500 || [408, 425, 429].includes(status)
  const isTemporary =
    ['network', 'timeout', 'busy'].includes(reason) || (reason === 'status' && isOverloaded)
  return refuse(isTemporary ? rules.unreachable : rules.notFound, message)
}
