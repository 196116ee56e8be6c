/**
 * How an operation is declared, and what happens around its script: caller, service, body, refusal,
 * answer. A refusal thrown anywhere below is caught here, once.
 */

import type { z } from 'zod'
import type { Context, Dependencies, Preferences, ServiceContext } from '../context.ts'
import type { AccessRight } from '../model/api-token.ts'
import { type CallerError, defineResults, explain, Refusal, type Result } from '../refusal.ts'
import { admit, type Incoming } from './admit.ts'
import { bodyLimitBytes, decodeBody, documentLimitBytes, refuseUnknown, validate } from './body.ts'
import { type ClientTexts, refuseClientText } from './client-text.ts'
import { preferencesOf, responseHeaders } from './preferences.ts'
import { type RelayTable, relayOf } from './relay.ts'
import { emptyResponse, HttpResponse, jsonResponse, jsonType } from './response.ts'
import { readOnlyMembers, unknownMembers } from './unknown-members.ts'

/** The context has a service where the path names one. */
type ContextOf<Path extends string> = Path extends `${string}{serviceId}${string}`
  ? ServiceContext
  : Context

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined

export interface Request<Params, Query, Body> {
  params: Parsed<Params>
  query: Parsed<Query>
  body: Parsed<Body>
  /** Paths of members of the body that no schema names; they have no effect. */
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
  method: 'get' | 'post' | 'put' | 'delete'
  /** Template of the URL's path, as OpenAPI writes it. */
  path: Path
  tag: string
  summary: string
  description?: string
  /** The right that the caller's API token must carry; `public` needs no token. */
  right: AccessRight | 'public'
  /** The operation names one client, so that a token for that client alone may call it. */
  ofOneClient?: boolean
  /** The operation names no service, and shows a caller no more than its own. */
  ofAnyService?: boolean
  params?: Params
  query?: Query
  body?: Body
  /** Whether a form body is read like the JSON body. */
  form?: boolean
  /** Properties of the body that hold what a client sent: `refuse` answers for them. */
  clientText?: ClientTexts
  /** Whether the body may be as long as that of a document. */
  longBody?: boolean
  /** Schema of the answer; undefined answers 204 with no body. */
  response: z.ZodType<unknown, Reply> | undefined
  /** Result codes of the actions, or of the answer where it has a result code but no action. */
  results?: Record<string, Result>
  relay?: RelayTable
  /** Turns a refusal into an outcome; an operation without one lets no refusal happen. */
  refuse?: (refusal: Refusal, context: ContextOf<Path>) => NoInfer<Reply>
  handle: (
    request: Request<Params, Query, Body>,
    context: ContextOf<Path>,
  ) => Promise<NoInfer<Reply> | HttpResponse | undefined>
}

export interface Endpoint {
  operationId: string
  method: 'get' | 'post' | 'put' | 'delete'
  path: string
  tag: string
  summary: string
  description?: string
  right: AccessRight | 'public'
  params?: z.ZodObject | undefined
  query?: z.ZodObject | undefined
  body?: z.ZodType | undefined
  form?: boolean
  response: z.ZodType | undefined
  /** Whether its answers carry a result code. */
  explained: boolean
  relay?: RelayTable
  serve(incoming: Incoming, dependencies: Dependencies): Promise<Served>
}

/** An answer, with what the log and the metrics tell of it. */
export interface Served {
  answer: HttpResponse
  action?: string | undefined
  resultCode?: string | undefined
  /** Paths of members of the body that had no effect. */
  ignored?: readonly string[] | undefined
}

export function defineEndpoint<
  const Path extends string,
  Reply,
  Params extends z.ZodObject | undefined = undefined,
  Query extends z.ZodObject | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(declaration: Declaration<Path, Params, Query, Body, Reply>): Endpoint {
  const { results, clientText = {}, longBody, ...rest } = declaration
  const { operationId } = rest
  const isLong = longBody ?? documentRights.has(declaration.right)
  const bodyLimit = isLong ? documentLimitBytes : bodyLimitBytes
  if (results) defineResults(operationId, results)

  async function serve(incoming: Incoming, dependencies: Dependencies): Promise<Served> {
    const preferences = preferencesOf(incoming.prefer)
    const context = await admit(declaration, incoming, dependencies, preferences)
    const scoped = context as ContextOf<Path>
    let answer: Reply | HttpResponse | undefined
    let refused: Explanation | undefined
    let ignored: readonly string[] = []
    try {
      const params = declaration.params && validate(declaration.params, incoming.params)
      const query = declaration.query && validate(declaration.query, incoming.query())
      const read = declaration.body && (await readBody(declaration.body, incoming))
      ignored = read?.ignored ?? []
      const request = { params, query, body: read?.body, ignored } as Request<Params, Query, Body>
      answer = await declaration.handle(request, scoped)
    } catch (error) {
      if (!(error instanceof Refusal && declaration.refuse)) throw error
      answer = declaration.refuse(error, scoped)
      refused = explain(error)
      const { requestId } = incoming
      const about = { requestId, operationId, ...refused, detail: error.detail }
      dependencies.system.log.debug(about, 'refused')
    }
    if (answer instanceof HttpResponse) return { answer, ...refused, ignored }
    if (declaration.response === undefined) return { answer: emptyResponse, ignored }
    return { ...reply(answer as object, refused, preferences), ignored }
  }

  const sentBack = readOnlyMembers(declaration.body, declaration.response)

  async function readBody(schema: z.ZodType, incoming: Incoming) {
    const decoded = decodeBody(await incoming.body(bodyLimit), schema, declaration.form ?? false)
    const ignored = unknownMembers(schema, decoded, sentBack)
    if (preferencesOf(incoming.prefer).strict && ignored.length > 0) refuseUnknown(ignored)
    try {
      return { body: validate(schema, decoded), ignored }
    } catch (error) {
      refuseClientText(clientText, schema, decoded)
      throw error
    }
  }

  function reply(
    answer: Members,
    refused: Explanation | undefined,
    preferences: Preferences,
  ): Served {
    const result = results?.[answer.action ?? 'OK']
    const explained = refused ?? (result && explainResult(result))
    const relay = preferences.relay && relayOf(rest.relay ?? {}, answer)
    const body = relay ? { ...answer, relay } : answer
    return {
      answer: new HttpResponse(
        200,
        responseHeaders(preferences, Boolean(relay)),
        textWith(explained, body),
      ),
      action: textOf(answer, 'action'),
      resultCode: explained?.resultCode ?? textOf(answer, 'resultCode'),
    }
  }

  const explained = results !== undefined || declaration.refuse !== undefined
  return { ...rest, explained, serve }
}

/** The explanation first. An answer has dozens of members: to copy them takes longest of all. */
function textWith(explained: Explanation | undefined, answer: object): string {
  const text = JSON.stringify(answer)
  if (!explained) return text
  const begun = JSON.stringify(explained).slice(0, -1)
  return text === '{}' ? `${begun}}` : `${begun},${text.slice(1)}`
}

type Explanation = ReturnType<typeof explain>
interface Members {
  action?: string
  responseContent?: string
}

function textOf(body: object, name: string): string | undefined {
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}

export const explainResult = ({ code, message }: Result) => ({
  resultCode: code,
  resultMessage: `[${code}] ${message}`,
})

/** What services and clients are written by: their documents hold keys and certificates. */
const writing = ['create_service', 'modify_service', 'create_client', 'modify_client'] as const
const documentRights: ReadonlySet<string> = new Set(writing)

const errorHeaders = {
  401: { ...jsonType, 'WWW-Authenticate': 'Bearer realm="postern"' },
  // The rest of the request would be taken for the next one.
  408: { ...jsonType, Connection: 'close' },
  503: { ...jsonType, 'Retry-After': '1' },
}

/** The answer to a wrong call: its status, and `{resultCode, resultMessage}`. */
export function callerErrorResponse(error: CallerError): HttpResponse {
  const { status } = error.rule
  const headers =
    status in errorHeaders ? errorHeaders[status as keyof typeof errorHeaders] : jsonType
  return jsonResponse(explain(error), status, headers)
}
