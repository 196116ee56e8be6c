/**
 * The trusted issuers of a service: those whose JWTs the engine itself accepts as assertions and as
 * tokens to exchange. They are one attribute, parsed once for each version of the service.
 */
import { z } from 'zod'
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import type { Service, ServiceDocument } from '../../model/service/service.ts'
import { defineAttribute, jsonText, readOnce } from '../attribute.ts'
import type { Problem } from '../property-problem.ts'
import { keySetProblem } from '../registration/key-set-rules.ts'
import { uriProblem } from '../uri-property.ts'

/** What the JWTs of an issuer may be used for. */
const uses = ['jwt-bearer', 'id-jag', 'token-exchange'] as const
type TrustedUse = (typeof uses)[number]

const text = z.string().min(1).max(2_048)
const texts = z.array(text).min(1).max(200)

const Entry = z
  .strictObject({
    issuer: text,
    jwks: z.looseObject({ keys: z.array(z.looseObject({})).min(1).max(50) }).optional(),
    jwksUri: text.optional(),
    algorithms: z.array(z.enum(asymmetricAlgorithms)).min(1).max(20).optional(),
    audiences: texts.optional(),
    subjects: texts.optional(),
    subjectClaim: z.string().min(1).max(100).default('sub'),
    subjectPrefix: z.string().max(100).default(''),
    clients: texts.optional(),
    scopes: texts.optional(),
    authorizationDetailsTypes: texts.optional(),
    grants: z.array(z.enum(uses)).min(1).max(uses.length),
  })
  .superRefine(({ jwks, jwksUri }, context) => {
    if ((jwks === undefined) === (jwksUri === undefined)) {
      context.addIssue({ code: 'custom', message: 'Expected either jwks or jwksUri' })
    }
    const problem = uriProblem('jwksUri', jwksUri, { schemes: ['https:'] })
    if (problem) context.addIssue({ code: 'custom', path: ['jwksUri'], message: httpsOnly })
  })
const httpsOnly = 'Expected a URI with the scheme https'

const entryLimit = 50

const Entries = z
  .array(Entry, { error: 'Expected a list of entries' })
  .max(entryLimit, `Expected at most ${entryLimit} entries`)
  .superRefine((entries, context) => {
    const names = entries.map(({ issuer }) => issuer)
    const index = names.findIndex((name, at) => names.indexOf(name) < at)
    if (index < 0) return
    context.addIssue({ code: 'custom', path: [index, 'issuer'], message: 'It is listed twice' })
  })

export type TrustedIssuer = z.output<typeof Entry>

const setting = defineAttribute<readonly TrustedIssuer[]>({
  name: 'ext.trustedIssuers',
  of: 'service',
  form: jsonText(Entries, `a JSON array of at most ${entryLimit} trusted issuers`),
  fallback: [],
  effect:
    'Issuers whose JWTs Postern itself accepts. Each entry has `issuer`, `jwks` or `jwksUri`, and ' +
    '`grants` (`jwt-bearer`, `id-jag` or `token-exchange`). It may have `algorithms`, `audiences`, ' +
    '`subjects`, `subjectClaim`, `subjectPrefix`, `clients`, `scopes` and ' +
    '`authorizationDetailsTypes`. See `docs/how-to/trusted-issuers.md`.',
  spec: 'RFC 7523 §3',
})

/** The first entry with keys that are wrong, or that names the service itself. */
export async function trustedIssuersProblem(
  document: ServiceDocument,
): Promise<Problem | undefined> {
  const reason = await entryProblem(setting.read(document), document)
  return reason === undefined
    ? undefined
    : { path: 'attributes', message: `The attribute ${setting.name} is wrong: ${reason}.` }
}

async function entryProblem(
  entries: readonly TrustedIssuer[],
  { issuer: own }: ServiceDocument,
): Promise<string | undefined> {
  for (const [index, { issuer, jwks }] of entries.entries()) {
    // A service that accepts its own assertions would widen what it granted.
    if (issuer === own) return `[${index}].issuer: Expected another issuer than the service itself`
    const problem =
      jwks && (await keySetProblem('jwks', JSON.stringify(jwks), { publicOnly: true }))
    if (problem) return `[${index}].${problem.path}: ${problem.message.replace(/\.$/, '')}`
  }
  return undefined
}

const trustedIssuers = readOnce(setting)

/** The entry of an issuer that the service trusts for one of the uses. */
export const trustedIssuer = (
  service: Service,
  issuer: unknown,
  ...wanted: readonly TrustedUse[]
): TrustedIssuer | undefined =>
  trustedIssuers(service).find(
    (entry) => entry.issuer === issuer && wanted.some((use) => entry.grants.includes(use)),
  )

/** Whether the service trusts any issuer for a use. */
export const trustsFor = (service: Service, use: TrustedUse): boolean =>
  trustedIssuers(service).some(({ grants }) => grants.includes(use))

/** Whether a subject is one of the list: the text itself, or its beginning before a `*`. */
export const isListedSubject = (subject: string, listed: readonly string[] | undefined): boolean =>
  listed?.some((each) =>
    each.endsWith('*') ? subject.startsWith(each.slice(0, -1)) : subject === each,
  ) ?? true
