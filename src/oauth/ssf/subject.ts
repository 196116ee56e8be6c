/** Subject identifiers, RFC 9493 and SSF §3: what they must have, and the hash that names them. */
import { createHash } from 'node:crypto'
import { z } from 'zod'

const text = z.string().min(1).max(1_024)

const Simple = z.discriminatedUnion('format', [
  z.looseObject({ format: z.literal('account'), uri: text }),
  z.looseObject({
    format: z.literal('aliases'),
    identifiers: z
      .array(z.looseObject({ format: text }))
      .min(1)
      .max(20),
  }),
  z.looseObject({ format: z.literal('did'), url: text }),
  z.looseObject({ format: z.literal('email'), email: text }),
  z.looseObject({ format: z.literal('iss_sub'), iss: text, sub: text }),
  z.looseObject({ format: z.literal('jwt_id'), iss: text, jti: text }),
  z.looseObject({ format: z.literal('opaque'), id: text }),
  z.looseObject({ format: z.literal('phone_number'), phone_number: text }),
  z.looseObject({ format: z.literal('saml_assertion_id'), issuer: text, assertion_id: text }),
  z.looseObject({ format: z.literal('uri'), uri: text }),
])

/** SSF §3.3: members such as `user` and `device`, each a simple subject. */
const Complex = z
  .object({ format: z.literal('complex') })
  .catchall(Simple)
  .refine((subject) => Object.keys(subject).length > 1, 'Expected a member beside `format`')

/** A subject identifier, with at most 8 KiB. */
export const SubjectIdentifier = z
  .record(z.string(), z.unknown())
  .refine((subject) => JSON.stringify(subject).length <= 8_192, 'Expected a shorter subject')
  .refine(
    (subject) => (subject['format'] === 'complex' ? Complex : Simple).safeParse(subject).success,
    'Expected a subject identifier of RFC 9493, or a complex subject of them',
  )
export type SubjectIdentifier = Record<string, unknown>

/** Names a subject, however its members are ordered. */
export const subjectHash = (subject: SubjectIdentifier): string =>
  createHash('sha256').update(canonical(subject)).digest('base64url')

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, each]) => `${JSON.stringify(name)}:${canonical(each)}`)
  return `{${members.join(',')}}`
}

/** A subject as a receiver may have named it: itself, or the user of a complex one. */
export function namesOf(subject: SubjectIdentifier): string[] {
  const { user } = subject
  const named = [subject]
  if (subject['format'] === 'complex' && typeof user === 'object' && user !== null) {
    named.push(user as SubjectIdentifier, { format: 'complex', user })
  }
  return [...new Set(named.map(subjectHash))]
}
