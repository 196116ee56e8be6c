/** Changes after which no answer may be of before them. */

import { createHash } from 'node:crypto'
import { jwksOf, serviceKeys } from '../../support/keys.ts'
import type { Json } from '../../support/server.ts'
import { redirectUri, verifier } from '../caller.ts'
import {
  credentialsOf,
  formOf,
  isLive,
  isOpen,
  type KnownClient,
  type KnownToken,
  type Model,
  nowOf,
} from './model.ts'
import {
  aboutCaller,
  aboutClient,
  aboutService,
  aboutToken,
  aboutUnknown,
  type Question,
} from './questions.ts'

export interface Change {
  /** What it may change the answers of. */
  affected: Question[]
  /** The call of one process, whose answer acknowledges it. */
  send(at: number): Promise<{ status: number; body: Json }>
  /** Notes in the model what was acknowledged; false where the change was refused. */
  settle(body: Json): boolean | undefined
  /** What is new because of it. */
  revealed?(): Question[]
}

/** Draws from a list; undefined from an empty one. */
export type Pick = <T>(among: readonly T[]) => T | undefined

/** What a step does, or undefined where it cannot be done now. */
type Maker = (model: Model, pick: Pick) => Change | undefined | Promise<Change | undefined>

const ok = (body: Json) => body.action === 'OK'
const few = 4

const live = (model: Model) => model.tokens.filter((token) => isLive(model, token))
const open = (model: Model) => model.clients.filter(isOpen)
const existing = (model: Model) => model.clients.filter(({ isDeleted }) => !isDeleted)

const aboutTokens = (model: Model, of: (token: KnownToken) => boolean) =>
  model.tokens
    .filter(of)
    .slice(-few)
    .flatMap((token) => aboutToken(model, token))

const aboutAllOf = (model: Model, client: KnownClient) => [
  ...aboutClient(model, client),
  ...aboutTokens(model, (token) => token.client === client),
]

const aboutAll = (model: Model) => [
  ...aboutTokens(model, () => true),
  ...model.clients.slice(-2).flatMap((client) => aboutClient(model, client)),
  ...aboutService(model),
]

function end(model: Model, of: (token: KnownToken) => boolean): true {
  for (const token of model.tokens.filter(of)) {
    token.isDead = true
    token.refresh = undefined
  }
  return true
}

const poster = (model: Model, operation: string, body: object) => (at: number) =>
  model.pair.call(at, 'POST', `/${model.serviceId}${operation}`, body)

const challenge = createHash('sha256').update(verifier).digest('base64url')

/** A code flow up to its last request, at the first process. */
async function codeFor(model: Model, client: KnownClient, issue: object): Promise<string> {
  const { body } = await poster(model, '/auth/authorization', {
    parameters: formOf({
      response_type: 'code',
      client_id: String(client.clientId),
      redirect_uri: redirectUri,
      scope: 'openid profile',
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }),
  })(0)
  const { ticket } = body
  const issued = await poster(model, '/auth/authorization/issue', { ticket, ...issue })(0)
  if (!issued.body.authorizationCode) throw new Error(`no code: ${JSON.stringify(issued.body)}`)
  return issued.body.authorizationCode
}

/** Ends what the filter names, by this call. */
const ending = (
  model: Model,
  of: (token: KnownToken) => boolean,
  send: Change['send'],
  isDone: (body: Json) => boolean = () => true,
): Change => ({
  affected: aboutTokens(model, of),
  send,
  settle: (body) => isDone(body) && end(model, of),
})

const ofSubject = (model: Model, token: KnownToken) => (each: KnownToken) =>
  each.subject === token.subject && model.tokens.includes(each)

const patchService = (model: Model, changes: object, settle: () => void): Change => ({
  affected: aboutAll(model),
  send: (at) => model.pair.call(at, 'PATCH', `/${model.serviceId}/service`, changes),
  settle(body) {
    if (!body.apiKey) return false
    settle()
    return true
  },
})

const patchClient = (
  model: Model,
  client: KnownClient,
  changes: object,
  settle: () => void,
): Change => ({
  affected: aboutAllOf(model, client),
  send: (at) =>
    model.pair.call(at, 'PATCH', `/${model.serviceId}/clients/${client.clientId}`, changes),
  settle(body) {
    if (!body.clientId) return false
    settle()
    return true
  },
})

const kinds = ['use_introspection', 'view_service']
export const attributesOf = (mark: string, more: Record<string, string> = {}) =>
  Object.entries({ mark, ...more }).map(([key, value]) => ({ key, value }))
/** The service keeps sessions, and its clock can be moved. */
export const ofService = { 'ext.mode': 'test', 'ext.session.registry': 'on' }
const newName = (model: Model) => `n${++model.names}`

const issuing: Record<string, Maker> = {
  async issue(model, pick) {
    const client = pick(open(model))
    if (!client) return undefined
    const session = pick([undefined, ...model.sessions.filter(({ isEnded }) => !isEnded)])
    const subject = session?.subject ?? pick(['alice', 'bob']) ?? ''
    const { sessionId } = session ?? {}
    const issue = { subject, ...(sessionId === undefined ? {} : { sessionId }) }
    const code = await codeFor(model, client, issue)
    let token: KnownToken | undefined
    return {
      affected: [],
      send: poster(model, '/auth/token', {
        parameters: formOf({
          grant_type: 'authorization_code',
          code,
          redirect_uri: redirectUri,
          code_verifier: verifier,
        }),
        ...credentialsOf(client),
      }),
      settle(body) {
        if (!ok(body)) return false
        token = {
          value: body.accessToken,
          refresh: body.refreshToken,
          family: ++model.names,
          client,
          subject,
          sessionId,
          scopes: ['openid', 'profile'],
          expiresAt: nowOf(model) + model.durationSeconds * 1_000,
          isDead: false,
        }
        model.tokens.push(token)
        return true
      },
      revealed: () => (token ? aboutToken(model, token) : []),
    }
  },
  create(model, pick) {
    const client = pick(open(model))
    if (!client) return undefined
    const value = `${newName(model)}-${crypto.randomUUID()}`
    const subject = pick(['alice', 'bob']) ?? ''
    return {
      affected: [aboutUnknown(model, value)],
      send: poster(model, '/auth/token/create', {
        grantType: 'AUTHORIZATION_CODE',
        clientId: client.clientId,
        subject,
        scopes: ['openid'],
        accessToken: value,
        accessTokenDuration: model.durationSeconds,
      }),
      settle(body) {
        if (!ok(body)) return false
        const expiresAt = nowOf(model) + model.durationSeconds * 1_000
        const family = ++model.names
        const scopes = ['openid']
        model.tokens.push({ value, family, client, subject, scopes, expiresAt, isDead: false })
        return true
      },
    }
  },
  refresh(model, pick) {
    const token = pick(model.tokens.filter((each) => each.refresh && isOpen(each.client)))
    if (!token) return undefined
    let next: KnownToken | undefined
    return {
      affected: aboutToken(model, token),
      send: poster(model, '/auth/token', {
        parameters: formOf({ grant_type: 'refresh_token', refresh_token: token.refresh ?? '' }),
        ...credentialsOf(token.client),
      }),
      settle(body) {
        if (!ok(body)) return false
        const { accessToken: value, refreshToken } = body
        const expiresAt = nowOf(model) + model.durationSeconds * 1_000
        next = { ...token, value, refresh: refreshToken, expiresAt, isDead: false }
        next.scopes = body.scopes ?? next.scopes
        token.isDead = true
        token.refresh = undefined
        model.tokens.push(next)
        return true
      },
      revealed: () => (next ? aboutToken(model, next) : []),
    }
  },
}

const revoking: Record<string, Maker> = {
  revokeAccess(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const parameters = formOf({ token: token.value })
    const body = { parameters, ...credentialsOf(token.client) }
    const isIt = (each: KnownToken) => each === token
    return ending(model, isIt, poster(model, '/auth/revocation', body), ok)
  },
  revokeRefresh(model, pick) {
    const token = pick(live(model).filter(({ refresh }) => refresh))
    if (!token) return undefined
    const parameters = formOf({ token: token.refresh ?? '', token_type_hint: 'refresh_token' })
    const body = { parameters, ...credentialsOf(token.client) }
    const isIt = (each: KnownToken) => each.family === token.family
    return ending(model, isIt, poster(model, '/auth/revocation', body), ok)
  },
  revokeFamily(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const isIt = (each: KnownToken) => each.family === token.family
    const body = { accessTokenIdentifier: token.value }
    return ending(model, isIt, poster(model, '/auth/token/revoke', body), ({ count }) => count > 0)
  },
  revokeSubject(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const { subject } = token
    const send = poster(model, '/auth/token/revoke', { subject })
    return ending(model, ofSubject(model, token), send, ({ count }) => count > 0)
  },
  revokeClient(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const isIt = (each: KnownToken) => each.client === token.client
    const body = { clientIdentifier: String(token.client.clientId) }
    return ending(model, isIt, poster(model, '/auth/token/revoke', body), ({ count }) => count > 0)
  },
  deleteToken(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const path = `/${model.serviceId}/auth/token/delete/${encodeURIComponent(token.value)}`
    const isIt = (each: KnownToken) => each === token
    return ending(model, isIt, (at) => model.pair.call(at, 'DELETE', path))
  },
  deleteAuthorization(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const { client, subject } = token
    const path = `/${model.serviceId}/client/authorization/delete/${client.clientId}/${subject}`
    const isIt = (each: KnownToken) => each.client === client && each.subject === subject
    return ending(model, isIt, (at) => model.pair.call(at, 'DELETE', path))
  },
  endSession(model, pick) {
    const session = pick(model.sessions.filter(({ isEnded }) => !isEnded))
    if (!session) return undefined
    const { sessionId } = session
    const isIt = (each: KnownToken) => each.sessionId === sessionId
    const isDone = (body: Json) => {
      session.isEnded = ok(body)
      return session.isEnded
    }
    return ending(model, isIt, poster(model, '/session/delete', { sessionId }), isDone)
  },
  updateScopes(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const scopes = pick([['openid'], ['profile'], ['openid', 'profile']]) ?? []
    return {
      affected: aboutToken(model, token),
      send: poster(model, '/auth/token/update', { accessToken: token.value, scopes }),
      settle(body) {
        if (ok(body)) token.scopes = scopes
        return ok(body)
      },
    }
  },
  updateExpiry(model, pick) {
    const token = pick(live(model))
    if (!token) return undefined
    const accessTokenExpiresAt = nowOf(model) + (pick([500, 1_500, 2_500]) ?? 0) * 1_000
    const body = { accessToken: token.value, accessTokenExpiresAt }
    return {
      affected: aboutToken(model, token),
      send: poster(model, '/auth/token/update', body),
      settle(answer) {
        if (ok(answer)) token.expiresAt = accessTokenExpiresAt
        return ok(answer)
      },
    }
  },
}

const managing: Record<string, Maker> = {
  lock(model, pick) {
    const client = pick(existing(model))
    if (!client) return undefined
    const clientLocked = !client.isLocked
    const path = `/client/lock_flag/update/${client.clientId}`
    return {
      affected: aboutAllOf(model, client),
      send: poster(model, path, { clientLocked }),
      settle() {
        client.isLocked = clientLocked
        return true
      },
    }
  },
  deleteClient(model, pick) {
    const client = pick(existing(model).slice(1))
    if (!client) return undefined
    const path = `/${model.serviceId}/client/delete/${client.clientId}`
    return {
      affected: aboutAllOf(model, client),
      send: (at) => model.pair.call(at, 'DELETE', path),
      settle() {
        client.isDeleted = true
        return end(model, (token) => token.client === client)
      },
    }
  },
  changeSecret(model, pick) {
    const client = pick(existing(model))
    if (!client) return undefined
    const path = `/${model.serviceId}/client/secret/refresh/${client.clientId}`
    return {
      affected: aboutClient(model, client),
      send: (at) => model.pair.call(at, 'GET', path),
      settle({ newClientSecret }) {
        if (!newClientSecret) return false
        client.formerSecret = client.secret
        client.secret = newClientSecret
        return true
      },
      revealed: () => aboutClient(model, client),
    }
  },
  markClient(model, pick) {
    const client = pick(existing(model))
    if (!client) return undefined
    const mark = newName(model)
    return patchClient(model, client, { attributes: attributesOf(mark) }, () => {
      client.mark = mark
    })
  },
  changeGrantTypes(model, pick) {
    const client = pick(existing(model))
    if (!client) return undefined
    const hasGrant = !client.hasGrant
    const others = ['AUTHORIZATION_CODE', 'REFRESH_TOKEN']
    const grantTypes = hasGrant ? [...others, 'CLIENT_CREDENTIALS'] : others
    return patchClient(model, client, { grantTypes }, () => {
      client.hasGrant = hasGrant
    })
  },
  markService(model) {
    const mark = newName(model)
    return patchService(model, { attributes: attributesOf(mark, ofService) }, () => {
      model.mark = mark
    })
  },
  changeDuration(model) {
    const accessTokenDuration = model.durationSeconds === 1_500 ? 2_500 : 1_500
    return patchService(model, { accessTokenDuration }, () => {
      model.durationSeconds = accessTokenDuration
    })
  },
  changeScopes(model) {
    const hasScope = !model.hasScope
    const names = ['openid', 'profile', ...(hasScope ? ['read'] : [])]
    const supportedScopes = names.map((name) => ({ name }))
    return patchService(model, { supportedScopes }, () => {
      model.hasScope = hasScope
    })
  },
  changeKeys(model, pick) {
    const keys = pick([serviceKeys, serviceKeys.slice(1), serviceKeys.slice(0, 2)]) ?? []
    return patchService(model, { jwks: jwksOf(...keys) }, () => {
      model.kids = keys.map(({ kid = '' }) => kid)
    })
  },
  moveClock(model) {
    return {
      affected: aboutAll(model),
      send: poster(model, '/testclock', { advanceSeconds: 1_000 }),
      settle({ ahead }) {
        if (ahead === undefined) return false
        model.ahead = ahead
        return true
      },
    }
  },
}

const calling: Record<string, Maker> = {
  createCaller(model, pick) {
    const rights = pick([kinds, kinds.slice(0, 1), kinds.slice(1)]) ?? []
    const { serviceId } = model
    const body = { serviceId, description: 'strictness', rights }
    const made: Question[] = []
    return {
      affected: [],
      send: (at) => model.pair.call(at, 'POST', '/servicetoken/create', body),
      settle({ tokenId, accessToken }) {
        if (!accessToken) return false
        const caller = { tokenId, value: accessToken, rights, isRevoked: false }
        model.callers.push(caller)
        made.push(...aboutCaller(model, caller))
        return true
      },
      revealed: () => made,
    }
  },
  changeRights(model, pick) {
    const caller = pick(model.callers.filter(({ isRevoked }) => !isRevoked))
    if (!caller) return undefined
    const rights = pick([kinds, kinds.slice(0, 1), kinds.slice(1)]) ?? []
    const body = { serviceId: model.serviceId, tokenId: caller.tokenId, rights }
    return {
      affected: aboutCaller(model, caller),
      send: (at) => model.pair.call(at, 'POST', '/servicetoken/update', body),
      settle() {
        caller.rights = rights
        return true
      },
    }
  },
  rotateCaller(model, pick) {
    const caller = pick(model.callers.filter(({ isRevoked }) => !isRevoked))
    if (!caller) return undefined
    const body = { serviceId: model.serviceId, tokenId: caller.tokenId }
    return {
      affected: aboutCaller(model, caller),
      send: (at) => model.pair.call(at, 'POST', '/servicetoken/rotate', body),
      settle({ accessToken }) {
        if (!accessToken) return false
        caller.value = accessToken
        return true
      },
      revealed: () => aboutCaller(model, caller),
    }
  },
  revokeCaller(model, pick) {
    const caller = pick(model.callers.filter(({ isRevoked }) => !isRevoked))
    if (!caller) return undefined
    const body = { serviceId: model.serviceId, tokenId: caller.tokenId }
    return {
      affected: aboutCaller(model, caller),
      send: (at) => model.pair.call(at, 'POST', '/servicetoken/revoke', body),
      settle() {
        caller.isRevoked = true
        return true
      },
    }
  },
  deleteService(model) {
    const callers = model.callers.filter(({ isRevoked }) => !isRevoked)
    return {
      affected: aboutAll(model),
      send: (at) => model.pair.call(at, 'DELETE', `/${model.serviceId}/service/delete`),
      settle() {
        model.isDeleted = true
        for (const caller of callers) caller.isRevoked = true
        return true
      },
    }
  },
}

export const makers: Record<string, Maker> = { ...issuing, ...revoking, ...managing, ...calling }
