/**
 * The formats of refresh tokens that clients got from a former system. They are one attribute of
 * the service. Keys that verify them are symmetric keys of its key set, which is stored sealed.
 */
import { z } from 'zod'
import type { Service, ServiceDocument } from '../../../model/service/service.ts'
import { defineAttribute, jsonText, readOnce } from '../../attribute.ts'
import type { Problem } from '../../property-problem.ts'
import { parseKeys } from '../../registration/key-set-rules.ts'

/** Digests of whole tokens, by the algorithms of `node:crypto`. SHA-256 needs no format. */
export const digests = {
  'sha-1': 'sha1',
  'sha-224': 'sha224',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
} as const
export type DigestFormat = keyof typeof digests

/** What names a token in the former system; `identifier` says it for each format. */
export const formerFormats = [
  'sha-1',
  'sha-224',
  'sha-384',
  'sha-512',
  'hydra',
  'keycloak',
] as const
export type FormerFormat = (typeof formerFormats)[number]

const keys = z
  .array(z.string().min(1).max(200))
  .min(1, 'Expected a kid of at least one key')
  .max(10, 'Expected at most 10 keys')
const ofDigest = z.strictObject({ format: z.enum(['sha-1', 'sha-224', 'sha-384', 'sha-512']) })
const ofHydra = z.strictObject({ format: z.literal('hydra'), keys })
const ofKeycloak = z.strictObject({
  format: z.literal('keycloak'),
  issuer: z.string().min(1).max(2_048),
  keys,
  oncePerSession: z.boolean().default(false),
})
const Entry = z.discriminatedUnion('format', [ofDigest, ofHydra, ofKeycloak])
export type FormerEntry = z.output<typeof Entry>

const entryLimit = 10
const Entries = z
  .array(Entry, { error: 'Expected a list of entries' })
  .max(entryLimit, `Expected at most ${entryLimit} entries`)

const setting = defineAttribute<readonly FormerEntry[]>({
  name: 'ext.formerTokens',
  of: 'service',
  form: jsonText(Entries, `a JSON array of at most ${entryLimit} formats`),
  fallback: [],
  effect:
    'Formats of refresh tokens of a former system, which `/auth/token/import` takes. Each entry has ' +
    '`format`: `sha-1`, `sha-224`, `sha-384` or `sha-512` for digests of whole tokens, or `hydra` ' +
    'with `keys`, a list of `kid` of symmetric keys in `jwks`, or `keycloak` with `keys` and ' +
    '`issuer`, and with `oncePerSession` if the first token of a session ends the others. The first ' +
    'use of a token replaces it. See `docs/how-to/move.md`.',
  spec: 'RFC 6749 §6',
})

/** The formats of a service, read once for each version of it. */
export const formerEntries = readOnce(setting)

/** A key that is named, but is not a symmetric key of the set. */
export function formerTokensProblem(document: ServiceDocument): Problem | undefined {
  if (!document.jwks) return undefined
  const known = new Set(
    (parseKeys(document.jwks) ?? []).filter(({ kty }) => kty === 'oct').map(({ kid }) => kid),
  )
  for (const [index, entry] of setting.read(document).entries()) {
    const missing = 'keys' in entry ? entry.keys.find((kid) => !known.has(kid)) : undefined
    if (missing === undefined) continue
    const message =
      `The attribute ${setting.name} is wrong: [${index}].keys: ` +
      `jwks has no symmetric key with the kid ${missing}.`
    return { path: 'attributes', message }
  }
  return undefined
}

const base64url = (characters: number) => new RegExp(`^[\\w-]{${characters}}$`)
const identifiers: Record<FormerFormat, RegExp> = {
  'sha-1': base64url(27),
  'sha-224': base64url(38),
  'sha-384': base64url(64),
  'sha-512': base64url(86),
  hydra: base64url(43),
  keycloak: /^\["(Refresh|Offline)","[^"\\]{1,200}","[^"\\]{1,250}"\]$/,
}

/** Whether a text is what the format names tokens by. */
export const isIdentifier = (format: FormerFormat, text: string): boolean =>
  identifiers[format].test(text)

/** Whether the service takes tokens of a format. */
export const takesFormat = (service: Service, format: FormerFormat): boolean =>
  formerEntries(service).some((entry) => entry.format === format)
