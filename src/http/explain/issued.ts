/**
 * What a successful dry run would issue: an allow-list of members, and the claims of tokens as
 * plain JSON. No ticket, code, token or response is in it, nor a value that was made at random.
 */
import { z } from 'zod'
import { bounded, type Shown } from '../../explain/evidence.ts'
import { parseJson } from '../../model/json.ts'

const members = [
  ...['grantType', 'clientId', 'clientAuthMethod', 'subject', 'scopes', 'resources', 'acrs'],
  ...['accessTokenDuration', 'refreshTokenDuration', 'deliveryMode', 'expiresIn', 'interval'],
  ...[
    'existent',
    'usable',
    'sufficient',
    'refreshable',
    'maxAge',
    'prompts',
    'authorizationDetails',
  ],
]
const tokens = ['idToken', 'jwtAccessToken']
/** Claims that are made at random, or are hashes of what is. */
const leftOut = /^(?:jti|sid|[a-z]+_hash|dpop_nonce|c_nonce)$/

export const Issued = z
  .object({
    members: z.record(z.string(), z.unknown()).describe('Members of the response.'),
    tokens: z
      .array(
        z.object({
          token: z.string().describe('The member of the response that would have the token.'),
          header: z.record(z.string(), z.unknown()),
          claims: z.record(z.string(), z.unknown()).optional().describe('Absent if encrypted.'),
        }),
      )
      .describe('The content of tokens, without claims that are made at random.'),
  })
  .meta({ id: 'explain_issued', description: 'What the request would have obtained.' })

/** The members of a response that may be told. */
export function issuedBy(response: Record<string, unknown>): z.input<typeof Issued> {
  const told = members.filter((name) => response[name] !== undefined && response[name] !== null)
  return {
    members: Object.fromEntries(told.map((name) => [name, bounded(response[name])])),
    tokens: tokens.flatMap((token) => {
      const jwt = response[token]
      return typeof jwt === 'string' ? [{ token, ...contentOf(jwt) }] : []
    }),
  }
}

/** Header and claims of a JWT; a JWE, with five parts, has a header only. */
function contentOf(jwt: string) {
  const parts = jwt.split('.')
  const claims = parts.length === 3 ? { claims: membersOf(parts[1]) } : {}
  return { header: membersOf(parts[0]), ...claims }
}

function membersOf(part = ''): Record<string, Shown> {
  const value = parseJson(Buffer.from(part, 'base64url').toString())
  const entries = Object.entries(value as object).filter(([name]) => !leftOut.test(name))
  return Object.fromEntries(entries.map(([name, member]) => [name, bounded(member)]))
}
