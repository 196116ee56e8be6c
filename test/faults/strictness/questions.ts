/** Questions whose right answer the model knows, each as one line of text. */
import type { Json } from '../../support/server.ts'
import {
  credentialsOf,
  formOf,
  isLive,
  isOpen,
  type KnownCaller,
  type KnownClient,
  type KnownToken,
  type Model,
} from './model.ts'

export interface Question {
  what: string
  ask(at: number): Promise<string>
  expected(): string
  /** What it may be told besides while a change happens: something was gone before it was done. */
  between?: readonly string[]
}

const markOf = (attributes: Json) =>
  attributes?.find(({ key }: { key: string }) => key === 'mark')?.value ?? ''

const textOf = (scopes: readonly string[]) => [...scopes].sort().join(' ')

/** The service is asked for by its number: once it is deleted there is none. */
const inService = (model: Model, expected: () => string) => () =>
  model.isDeleted ? '404' : expected()

export function aboutToken(model: Model, token: KnownToken): Question[] {
  const { pair, serviceId } = model
  const name = `token ${model.tokens.indexOf(token)}`
  const marks = () => `${model.mark} ${token.client.mark}`
  const ask = (operation: string, body: object, answerOf: (body: Json) => string) => {
    return async (at: number) => {
      const reply = await pair.call(at, 'POST', `/${serviceId}${operation}`, body)
      return reply.status === 200 ? answerOf(reply.body) : String(reply.status)
    }
  }
  const marksIn = (body: Json) =>
    `${markOf(body.serviceAttributes)} ${markOf(body.clientAttributes)}`
  return [
    {
      what: `introspection of ${name}`,
      ask: ask('/auth/introspection', { token: token.value }, (body) =>
        body.action === 'OK'
          ? `OK ${textOf(body.scopes)}, ${body.subject}, ${marksIn(body)}`
          : body.action,
      ),
      expected: inService(model, () =>
        isLive(model, token)
          ? `OK ${textOf(token.scopes)}, ${token.subject}, ${marks()}`
          : 'UNAUTHORIZED',
      ),
      between: ['UNAUTHORIZED'],
    },
    {
      what: `introspection by RFC 7662 of ${name}`,
      ask: ask(
        '/auth/introspection/standard',
        { parameters: formOf({ token: token.value }) },
        (body) => {
          const { active, scope } = JSON.parse(body.responseContent)
          return active ? `active ${textOf(scope.split(' '))}` : 'inactive'
        },
      ),
      expected: inService(model, () =>
        isLive(model, token) ? `active ${textOf(token.scopes)}` : 'inactive',
      ),
      between: ['inactive'],
    },
    {
      what: `UserInfo by ${name}`,
      ask: ask('/auth/userinfo', { token: token.value }, (body) =>
        body.action === 'OK' ? `OK ${body.subject}, ${marksIn(body)}` : body.action,
      ),
      expected: inService(model, () => {
        if (!isLive(model, token)) return 'UNAUTHORIZED'
        return token.scopes.includes('openid') ? `OK ${token.subject}, ${marks()}` : 'FORBIDDEN'
      }),
      between: ['UNAUTHORIZED'],
    },
  ]
}

export function aboutClient(model: Model, client: KnownClient): Question[] {
  const { pair, serviceId } = model
  const name = `client ${model.clients.indexOf(client)}`
  const take = (secret: () => string) => async (at: number) => {
    const { status, body } = await pair.call(at, 'POST', `/${serviceId}/auth/token`, {
      parameters: formOf({ grant_type: 'client_credentials', scope: 'read' }),
      ...credentialsOf(client),
      clientSecret: secret(),
    })
    if (status !== 200) return String(status)
    if (body.action !== 'OK') return body.action
    return `OK for ${body.accessTokenDuration} s, ${textOf(body.scopes ?? [])}`
  }
  const expected = () => {
    if (!isOpen(client)) return 'INVALID_CLIENT'
    if (!client.hasGrant) return 'BAD_REQUEST'
    return `OK for ${model.durationSeconds} s, ${model.hasScope ? 'read' : ''}`
  }
  const { secret, formerSecret } = client
  const questions = [
    { what: `token request of ${name}`, ask: take(() => client.secret) },
    {
      what: `secret of ${name}`,
      ask: take(() => secret),
      expected: inService(model, () => (secret === client.secret ? expected() : 'INVALID_CLIENT')),
    },
    ...(formerSecret === undefined
      ? []
      : [
          {
            what: `former secret of ${name}`,
            ask: take(() => formerSecret),
            expected: inService(model, () => 'INVALID_CLIENT'),
          },
        ]),
  ]
  const always = {
    expected: inService(model, expected),
    between: ['BAD_REQUEST', 'INVALID_CLIENT'],
  }
  return questions.map((question) => ({ ...always, ...question }))
}

export function aboutCaller(model: Model, caller: KnownCaller): Question[] {
  const { pair, serviceId } = model
  const name = `API token ${model.callers.indexOf(caller)}`
  const { value } = caller
  // What is deleted with the service is no API token any more.
  const allowed = (right: string) => () => {
    if (caller.isRevoked || value !== caller.value) return '401'
    return caller.rights.includes(right) ? '200' : '403'
  }
  return [
    {
      what: `introspection with ${name}`,
      ask: async (at) => {
        const body = { token: 'unknown' }
        const path = `/${serviceId}/auth/introspection`
        return String((await pair.call(at, 'POST', path, body, value)).status)
      },
      expected: allowed('use_introspection'),
      between: ['404'],
    },
    {
      what: `the service by ${name}`,
      ask: async (at) => {
        const path = `/${serviceId}/service/get`
        return String((await pair.call(at, 'GET', path, undefined, value)).status)
      },
      expected: allowed('view_service'),
      between: ['404'],
    },
  ]
}

export function aboutService(model: Model): Question[] {
  const { pair, serviceId } = model
  return [
    {
      what: 'the published keys',
      ask: async (at) => {
        const { status, body } = await pair.call(at, 'GET', `/${serviceId}/service/jwks/get`)
        if (status !== 200) return String(status)
        return textOf(body.keys.map(({ kid }: { kid: string }) => kid))
      },
      expected: inService(model, () => textOf(model.kids)),
    },
  ]
}

/** A question about a token that no caller knows: it can be asked for before it exists. */
export function aboutUnknown(model: Model, value: string): Question {
  const found = () => model.tokens.find((token) => token.value === value)
  return {
    what: 'introspection of a token of a chosen value',
    async ask(at) {
      const path = `/${model.serviceId}/auth/introspection`
      const { status, body } = await model.pair.call(at, 'POST', path, { token: value })
      return status === 200 ? body.action : String(status)
    },
    expected: inService(model, () => {
      const token = found()
      return token && isLive(model, token) ? 'OK' : 'UNAUTHORIZED'
    }),
  }
}
