/**
 * What is known of a token, as short text: a letter for the grant type, the scopes, and what
 * differs from a usual token as JSON on a second line. Former versions wrote all of it as JSON.
 */
import type { z } from 'zod'
import { GrantType } from '../../../model/enums.ts'
import type { AccessToken, RefreshToken } from '../../../model/token/token.ts'

const letters: Record<GrantType, string> = {
  AUTHORIZATION_CODE: 'A',
  IMPLICIT: 'I',
  PASSWORD: 'P',
  CLIENT_CREDENTIALS: 'C',
  REFRESH_TOKEN: 'R',
  CIBA: 'B',
  DEVICE_CODE: 'D',
  TOKEN_EXCHANGE: 'X',
  JWT_BEARER: 'J',
  PRE_AUTHORIZED_CODE: 'O',
}
const grantTypes = new Map(GrantType.options.map((type) => [letters[type], type]))

/** What is not written. These are of the format, whatever the defaults of models become. */
const usual = { forExternalAttachment: false }
const usualGrant = { properties: [], resources: [], namedBy: 'id' }

type Members = Record<string, unknown>
type TokenData = AccessToken | RefreshToken

function unusual(members: Members, known: Members): Members {
  const differs = ([name, value]: [string, unknown]) =>
    value !== undefined && !(name in known && isSame(value, known[name]))
  return Object.fromEntries(Object.entries(members).filter(differs))
}
const isSame = (one: unknown, other: unknown) =>
  one === other || (typeof one === 'object' && JSON.stringify(one) === JSON.stringify(other))

export function packToken({ grantType, grant, ...others }: TokenData): string {
  const { scopes, ...granted } = grant
  const isPlain = scopes.every((scope) => /^\S+$/.test(scope))
  const rest = unusual(others, usual)
  const restOfGrant = unusual(isPlain ? granted : grant, usualGrant)
  if (Object.keys(restOfGrant).length > 0) rest['grant'] = restOfGrant
  const first = `${letters[grantType]}${isPlain ? scopes.join(' ') : ''}`
  return Object.keys(rest).length > 0 ? `${first}\n${JSON.stringify(rest)}` : first
}

interface Parts {
  grantType: string
  grant: { scopes: string[] } & Members
}

function partsOf(text: string): Parts {
  if (text.startsWith('{')) return JSON.parse(text) as Parts
  const [first = '', json = '{}'] = text.split('\n')
  const { grant, ...rest } = JSON.parse(json) as { grant?: Members }
  const scopes = first.length > 1 ? first.slice(1).split(' ') : []
  return {
    ...usual,
    ...rest,
    grantType: grantTypes.get(first.charAt(0)) ?? '',
    grant: { ...usualGrant, scopes, ...grant },
  }
}

export type TokenSchema = typeof AccessToken | typeof RefreshToken

export const unpackToken =
  <S extends TokenSchema>(schema: S) =>
  (text: string) =>
    schema.parse(partsOf(text)) as z.output<S>

/** Values that tokens are sorted by. */
export const grantTypeOf = (text: string): string => partsOf(text).grantType
export const scopesOf = (text: string): string => (partsOf(text).grant.scopes ?? []).join(' ')
