/** The calls of a flow, as the frontend of an authorization server makes them. */
import { call } from '../../app/api.ts'
import type { Explanation } from './dry-run.ts'

interface Answer {
  action: string
  resultCode?: string
  resultMessage?: string
  responseContent?: string
  explanation?: Explanation
}

export interface Authorized {
  /** The response that the browser is sent with. */
  content: string
  code: string | undefined
  clientId: string
  isConfidential: boolean
  redirectUri: string | undefined
}

const explained = { Prefer: 'explain' }

/** What an operation answered if the flow cannot go on. */
export class FlowEnd extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(answer.resultMessage ?? answer.action)
    this.answer = answer
  }
}

interface Requested extends Answer {
  ticket?: string
  client?: { clientId: number; clientType?: string; clientIdAlias?: string }
}

/** Checks the request, and lets the subject consent. */
export async function authorize(
  serviceId: string,
  parameters: string,
  subject: string,
): Promise<Authorized> {
  const base = `/api/${serviceId}/auth/authorization`
  const { body: requested } = await call<Requested>('POST', base, {
    body: { parameters },
    headers: explained,
  })
  const { ticket, client } = requested
  if (!ticket) throw new FlowEnd(requested)
  const { body: issued } = await call<Answer & { authorizationCode?: string }>(
    'POST',
    `${base}/issue`,
    { body: { ticket, subject }, headers: explained },
  )
  const { action, responseContent: content = '', authorizationCode: code } = issued
  if (!['LOCATION', 'FORM'].includes(action) || (!code && !/token=/.test(content))) {
    throw new FlowEnd(issued)
  }
  const asked = new URLSearchParams(parameters)
  return {
    content,
    code: code ?? undefined,
    clientId: asked.get('client_id') ?? String(client?.clientId),
    isConfidential: client?.clientType !== 'PUBLIC',
    redirectUri: asked.get('redirect_uri') ?? undefined,
  }
}

export interface Exchange {
  code: string
  redirectUri: string | undefined
  verifier: string
  clientId: string
  secret: string
}

/** Exchanges the code, as the client would. Returns the token response. */
export async function exchange(
  serviceId: string,
  { code, redirectUri, verifier, clientId, secret }: Exchange,
): Promise<Record<string, unknown>> {
  const parameters = new URLSearchParams({ grant_type: 'authorization_code', code })
  if (redirectUri) parameters.set('redirect_uri', redirectUri)
  if (verifier) parameters.set('code_verifier', verifier)
  if (!secret) parameters.set('client_id', clientId)
  const proof = secret ? { clientId, clientSecret: secret } : {}
  const { body } = await call<Answer>('POST', `/api/${serviceId}/auth/token`, {
    body: { parameters: parameters.toString(), ...proof },
    headers: explained,
  })
  if (body.action !== 'OK') throw new FlowEnd(body)
  return JSON.parse(body.responseContent ?? '{}')
}

/** What a resource server learns of the token. */
export async function introspect(serviceId: string, token: string): Promise<unknown> {
  const { body } = await call('POST', `/api/${serviceId}/auth/introspection`, { body: { token } })
  return body
}

/** What the UserInfo endpoint would answer. */
export async function userInfo(serviceId: string, token: string): Promise<unknown> {
  const path = `/api/${serviceId}/auth/userinfo`
  const { body } = await call<Answer>('POST', path, { body: { token }, headers: explained })
  if (body.action !== 'OK') throw new FlowEnd(body)
  const { body: issued } = await call<Answer>('POST', `${path}/issue`, { body: { token } })
  const { responseContent = '' } = issued
  return responseContent.startsWith('{') ? JSON.parse(responseContent) : responseContent
}

/** Header and claims of a JWT; undefined for other tokens. */
export function contentOf(token: unknown): { header: unknown; claims: unknown } | undefined {
  const [header, claims, signature] = String(token).split('.')
  if (!header || !claims || !signature) return undefined
  try {
    return { header: decoded(header), claims: decoded(claims) }
  } catch {
    return undefined
  }
}

function decoded(part: string): unknown {
  const text = atob(part.replace(/-/g, '+').replace(/_/g, '/'))
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  return JSON.parse(new TextDecoder().decode(bytes))
}
