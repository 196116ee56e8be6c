/**
 * The declaration of operations, and the steps around their scripts: caller, service, body,
 * refusal, response. Refusals thrown by any script are caught here, in one place.
 */

import type { z } from 'zod'
import type { Caller } from '../caller.ts'
import {
  type Context,
  type Dependencies,
  notedFields,
  notedOrigins,
  type Preferences,
  refusedAt,
  type ServiceContext,
} from '../context.ts'
import { type Trace, traced, tracedAtOnce } from '../explain/trace.ts'
import type { AuditType } from '../model/audit/record.ts'
import { readOnlyMembers, unknownMembers } from '../model/configuration/unknown-members.ts'
import { CallerError, defineResults, explain, Refusal, type Result } from '../refusal.ts'
import { admit, type Incoming, type RequiredRight } from './admit.ts'
import {
  bodyLimitBytes,
  decodeBody,
  documentLimitBytes,
  refuseUnknown,
  validate,
  validateDocument,
} from './body.ts'
import { takeActingSubject } from './call/acting.ts'
import type { Condition } from './call/conditions.ts'
import { readPatched } from './call/patch.ts'
import { recordRefusedCaller } from './call/refused-callers.ts'
import { type Explanation, reply } from './call/reply.ts'
import { type ClientTexts, refuseClientText } from './client-text.ts'
import { type Explanation as Explained, explanationOf, traceFor } from './explain/explanation.ts'
import { withExplanation } from './explain/explanation-text.ts'
import { preferencesOf } from './preferences.ts'
import { noteRefusedCall } from './refusals/noted.ts'
import type { RelayTable } from './relay.ts'
import { emptyResponse, HttpResponse, jsonResponse, jsonType } from './response.ts'

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete'

/** The context has a service if the path contains one. */
type ContextOf<Path extends string> = Path extends `${string}{serviceId}${string}`
  ? ServiceContext
  : Context

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

export interface Request<Params, Query, Body> {
  params: Parsed<Params>
  query: Parsed<Query>
  body: Parsed<Body>
  /** Paths of unknown members of the body, which have no effect. */
  ignored: readonly string[]
}

export interface Declaration<
  Path extends string,
  Params extends z.ZodObject | undefined,
  Query extends z.ZodObject | undefined,
  Body extends z.ZodType | undefined,
  Reply,
> {
  operationId: string
  method: Method
  /** The path template, as in OpenAPI. */
  path: Path
  tag: string
  summary: string
  description?: string
  /** The required right of the caller's API token. */
  right: RequiredRight
  /** The type of the audit record that the operation writes, in the commit of what it changes. */
  audits?: AuditType
  /** The operation is on one client, so a token for that client may call it. */
  ofOneClient?: boolean
  /** The operation has no service in its path, and shows a caller only its own service. */
  ofAnyService?: boolean
  params?: Params
  query?: Query
  body?: Body
  /** Whether form bodies are accepted too. */
  form?: boolean
  /** Properties of the body with text of a client, which `refuse` handles if it is not valid. */
  clientText?: ClientTexts
  /** Clients may call from a browser: the response tells the `corsOrigins` of the client. */
  fromBrowsers?: boolean
  /** The condition that callers may send; a response with a document has its entity tag. */
  condition?: Condition
  /** Callers may repeat the creation with an Idempotency-Key. */
  isRepeatable?: boolean
  /** Responses have the address of the next page. */
  isLinked?: boolean
  /** The call is refused before others when the process is busy. */
  yieldsUnderLoad?: boolean
  /** Callers may accept a state of some time ago: `Prefer: stale=5`. */
  mayBeStale?: boolean
  /** Whether the larger limit for documents applies to the body. */
  longBody?: boolean
  /** Schema of the response; undefined: 204 without a body. */
  response: z.ZodType<unknown, Reply> | undefined
  /** Result codes of the actions; `OK` is used for a response without an action. */
  results?: Record<string, Result>
  relay?: RelayTable
  /**
   * Turns a refusal into a response; required if the script can refuse. The body is undefined if
   * the refusal is about its texts.
   */
  refuse?: (
    refusal: Refusal,
    context: ContextOf<Path>,
    body: Parsed<Body> | undefined,
  ) => NoInfer<Reply>
  handle: (
    request: Request<Params, Query, Body>,
    context: ContextOf<Path>,
  ) => Promise<NoInfer<Reply> | HttpResponse | undefined>
}

export interface Endpoint {
  operationId: string
  method: Method
  path: string
  tag: string
  summary: string
  description?: string
  right: RequiredRight
  yieldsUnderLoad?: boolean
  audits?: AuditType
  params?: z.ZodObject | undefined
  query?: z.ZodObject | undefined
  body?: z.ZodType | undefined
  form?: boolean
  condition?: Condition
  isRepeatable?: boolean
  isLinked?: boolean
  response: z.ZodType | undefined
  /** Whether its responses contain a result code. */
  explained: boolean
  relay?: RelayTable
  /** With a trace, the call is explained whether the caller prefers that or not. */
  serve(incoming: Incoming, dependencies: Dependencies, trace?: Trace): Promise<Served>
}

/** A response, with data for log and metrics. */
export interface Served {
  answer: HttpResponse
  action?: string | undefined
  resultCode?: string | undefined
  /** Paths of unknown members of the body. */
  ignored?: readonly string[] | undefined
  explanation?: Explained | undefined
}

/** Registers the result codes of an operation and wraps its script. */
export function defineEndpoint<
  const Path extends string,
  Reply,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(declaration: Declaration<Path, Params, Query, Body, Reply>): Endpoint {
  const { results, clientText = {}, longBody, mayBeStale, ...rest } = declaration
  const { operationId } = rest
  const isDocument = documentRights.has(declaration.right)
  const bodyLimit = (longBody ?? isDocument) ? documentLimitBytes : bodyLimitBytes
  const hasFields = declaration.condition || declaration.isLinked
  if (results) defineResults(operationId, results)

  async function serve(incoming: Incoming, present: Dependencies, given?: Trace) {
    const { preferences, dependencies } = asPreferred(
      preferencesOf(incoming.prefer),
      present,
      mayBeStale,
    )
    const trace = given ?? (explained ? traceFor(preferences) : undefined)
    try {
      return await serveAdmitted(incoming, dependencies, preferences, trace)
    } catch (error) {
      await recordRefusedCaller(error, incoming, declaration, dependencies)
      if (!(trace && incoming.caller && error instanceof CallerError)) throw error
      return explainedCall(error, trace, incoming.caller)
    }
  }

  async function serveAdmitted(
    incoming: Incoming,
    dependencies: Dependencies,
    preferences: Preferences,
    trace: Trace | undefined,
  ): Promise<Served> {
    const context = await admit(declaration, incoming, dependencies, preferences)
    const scoped = context as ContextOf<Path>
    let answer: Reply | HttpResponse | undefined
    let refused: Explanation | undefined
    let ignored: readonly string[] = []
    let body: unknown
    const refuse = (error: unknown): void => {
      noteRefusedCall(error, declaration, context, body)
      if (!(error instanceof Refusal && declaration.refuse)) throw error
      answer = declaration.refuse(error, scoped, body as Parsed<Body> | undefined)
      refused = explain(error, refusedAt(context, context.service))
      const about = { requestId: incoming.requestId, operationId, ...refused, detail: error.detail }
      dependencies.system.log.debug(about, 'refused')
    }
    try {
      const params = declaration.params && validate(declaration.params, incoming.params)
      const query = declaration.query && validate(declaration.query, incoming.query())
      const read = declaration.body && (await readBody(declaration.body, incoming))
      ignored = read?.ignored ?? []
      body = read?.body
      const request = { params, query, body, ignored } as Request<Params, Query, Body>
      dependencies.beforeScript?.(operationId, declaration.refuse !== undefined)
      // Only the script is followed: reading the body would cost more with a trace.
      const script = () => declaration.handle(request, scoped)
      answer = await (trace ? traced(trace, script) : script())
      if (context.call.refused) noteRefusedCall(context.call.refused, declaration, context, body)
    } catch (error) {
      if (trace) tracedAtOnce(trace, () => refuse(error))
      else refuse(error)
    }
    const explanation = trace && explanationOf(trace, context.caller, context)
    if (answer instanceof HttpResponse) return { answer, ...refused, ignored, explanation }
    if (declaration.response === undefined) return { answer: emptyResponse, ignored, explanation }
    const corsOrigins = declaration.fromBrowsers ? notedOrigins(context) : undefined
    const told = corsOrigins ? { ...answer, corsOrigins } : (answer as object)
    const fields = hasFields ? notedFields(context) : undefined
    return { ...reply(declaration, told, { refused, preferences, explanation, fields }), ignored }
  }

  const sentBack = readOnlyMembers(declaration.body, declaration.response)

  async function readBody(schema: z.ZodType, incoming: Incoming) {
    if (declaration.method === 'patch') return readPatched(declaration, incoming, bodyLimit)
    const decoded = decodeBody(await incoming.body(bodyLimit), schema, declaration.form ?? false)
    if (declaration.audits) incoming.actingSubject = takeActingSubject(decoded)
    const ignored = unknownMembers(schema, decoded, sentBack)
    if (preferencesOf(incoming.prefer).strict && ignored.length > 0) refuseUnknown(ignored)
    try {
      return { body: (isDocument ? validateDocument : validate)(schema, decoded), ignored }
    } catch (error) {
      refuseClientText(clientText, schema, decoded)
      throw error
    }
  }

  const explained = results !== undefined || declaration.refuse !== undefined
  return { ...rest, explained, serve }
}

/** The response to a call that is refused, with why. */
function explainedCall(error: CallerError, trace: Trace, caller: Caller): Served {
  const answer = tracedAtOnce(trace, () => callerErrorResponse(error))
  const explanation = explanationOf(trace, caller)
  const told = withExplanation(answer, explanation)
  return { answer: told, resultCode: error.rule.code, explanation }
}

/** Reads a replica if the caller accepts how old its state is; else the preference is ignored. */
function asPreferred(preferences: Preferences, present: Dependencies, mayBeStale = false) {
  const { staleSeconds } = preferences
  if (staleSeconds === undefined) return { preferences, dependencies: present }
  const stored = mayBeStale ? present.asOf?.(staleSeconds * 1_000) : undefined
  if (stored) return { preferences, dependencies: { ...present, ...stored } }
  return { preferences: { ...preferences, staleSeconds: undefined }, dependencies: present }
}

/** Rights of operations that write documents, which contain keys and certificates. */
const writing = ['create_service', 'modify_service', 'create_client', 'modify_client'] as const
const documentRights: ReadonlySet<string> = new Set(writing)

const errorHeaders = {
  401: { ...jsonType, 'WWW-Authenticate': 'Bearer realm="postern"' },
  // The rest of the body would be parsed as the next request.
  408: { ...jsonType, Connection: 'close' },
  429: { ...jsonType, 'Retry-After': '1' },
  503: { ...jsonType, 'Retry-After': '1' },
}

/** The response to a refused call: its status, and `{resultCode, resultMessage}`. */
export function callerErrorResponse(error: CallerError): HttpResponse {
  const { status, headers: own } = error.rule
  const usual =
    status in errorHeaders ? errorHeaders[status as keyof typeof errorHeaders] : jsonType
  return jsonResponse(explain(error), status, own ? { ...usual, ...own } : usual)
}
