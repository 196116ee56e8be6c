/** Checks of requests for verified claims, OpenID Connect for Identity Assurance §5. */
import { z } from 'zod'
import type { Service } from '../../model/service/service.ts'
import { defineRules, refuse } from '../../refusal.ts'

const rules = defineRules('Verified claims', {
  malformed: {
    code: 'P007101',
    error: 'invalid_request',
    spec: 'OpenID Connect for Identity Assurance §5',
    message:
      'The request for verified_claims does not have the form that OpenID Connect for Identity Assurance 1.0 defines.',
    fix: 'Send `verified_claims` with `verification` and a non-empty `claims`, by the schema that the service chose.',
    settings: ['service.verifiedClaimsValidationSchemaSet'],
  },
  badPurpose: {
    code: 'P007102',
    error: 'invalid_request',
    spec: 'OpenID Connect for Identity Assurance §5',
    message: 'A purpose must be a string of 3 to 300 characters.',
    fix: 'Send a `purpose` of 3 to 300 characters, or omit it.',
  },
  tooMany: {
    code: 'P007103',
    error: 'invalid_request',
    spec: 'OpenID Connect for Identity Assurance §5',
    message: 'The request contains too many verified_claims.',
    fix: 'Send at most 100 elements in `verified_claims`.',
  },
})

/** The limit of elements in one `verified_claims`, in a request and in the caller's data. */
export const elementLimit = 100

/** A requested element with the constraints of its value. */
const element = (constraints: z.ZodRawShape) =>
  z.looseObject({ essential: z.boolean().optional(), ...constraints }).nullable()
const simple = element({})
const constrainable = element({
  value: z.string().optional(),
  values: z.array(z.string()).min(1).optional(),
})
const moment = element({ max_age: z.int().min(0).optional() })
const claim = element({ values: z.array(z.unknown()).min(1).optional() })
const claims = z
  .record(z.string(), claim)
  .refine((asked) => Object.keys(asked).length > 0)
  .nullable()

const group = (members: Record<string, z.ZodType>, required: Record<string, z.ZodType> = {}) =>
  z.looseObject({
    ...Object.fromEntries(Object.entries(members).map(([name, type]) => [name, type.optional()])),
    ...required,
  })
const list = (item: z.ZodType) => z.array(item).min(1).max(elementLimit)

const organisation = Object.fromEntries(
  [
    'name',
    'formatted',
    'street_address',
    'locality',
    'region',
    'postal_code',
    'country',
    'country_code',
    'jurisdiction',
    'occupation',
    'organization',
  ].map((name) => [name, simple]),
)
const checkDetails = list(
  group(
    { check_id: constrainable, organization: constrainable, time: moment },
    {
      check_method: constrainable,
    },
  ),
)
const documentDetails = group({
  type: constrainable,
  document_number: simple,
  serial_number: simple,
  date_of_issuance: moment,
  date_of_expiry: moment,
  issuer: group(organisation).nullable(),
})
const electronicRecord = group({
  type: constrainable,
  created_at: moment,
  date_of_expiry: moment,
  derived_claims: claims,
  source: group(organisation).nullable(),
})
const attestation = group({
  type: constrainable,
  reference_number: simple,
  date_of_issuance: moment,
  date_of_expiry: moment,
  derived_claims: claims,
  voucher: group({ ...organisation, birthdate: moment }).nullable(),
})

const evidence = (types: readonly [string, ...string[]]) =>
  group(
    {
      attachments: simple,
      check_details: checkDetails,
      document_details: documentDetails.nullable(),
      record: electronicRecord.nullable(),
      attestation: attestation.nullable(),
      signature_type: simple,
      issuer: simple,
      serial_number: simple,
      created_at: moment,
      // Members of earlier drafts, before documents were separated from their checks.
      method: constrainable,
      time: moment,
      document: documentDetails.nullable(),
    },
    // Entries are alternatives, so a list of values is not needed.
    { type: z.looseObject({ value: z.enum(types).optional(), values: z.undefined().optional() }) },
  )

const assuranceProcess = group({
  policy: constrainable,
  procedure: constrainable,
  assurance_details: list(
    group({
      assurance_type: constrainable,
      assurance_classification: constrainable,
      evidence_ref: list(group({ check_id: constrainable })),
    }),
  ),
})

const requestOf = (types: readonly [string, ...string[]]) => {
  const one = group(
    {},
    {
      verification: group(
        {
          assurance_level: constrainable,
          assurance_process: assuranceProcess.nullable(),
          time: moment,
          verification_process: simple,
          evidence: list(evidence(types)),
        },
        { trust_framework: constrainable },
      ),
      claims,
    },
  )
  return z.union([one, z.array(one)])
}

const standard = ['document', 'electronic_record', 'vouch', 'electronic_signature'] as const
const requests = {
  standard: requestOf(standard),
  'standard+id_document': requestOf([...standard, 'id_document']),
}

/**
 * Validates a request by the schemas that the service chose. Elements that the service does not
 * support are valid; they are left out of the response (§5.7).
 */
export function requireVerifiedClaims(asked: unknown, service: Service): void {
  if (Array.isArray(asked) && asked.length > elementLimit) refuse(rules.tooMany)
  const schema = requests[service.verifiedClaimsValidationSchemaSet ?? 'standard']
  const { success, error } = schema.safeParse(asked)
  if (!success) refuse(rules.malformed, error.issues[0]?.path.join('.').slice(0, 100))
  for (const each of Array.isArray(asked) ? asked : [asked]) requirePurposesWithin(each)
}

/** A purpose is a text for the user of 3 to 300 characters. */
export function requirePurpose(purpose: unknown): void {
  if (purpose === undefined) return
  const length = typeof purpose === 'string' ? [...purpose].length : 0
  if (length < 3 || length > 300) refuse(rules.badPurpose)
}

/** Every element may have a purpose; a claim may have the name purpose too. */
function requirePurposesWithin(asked: unknown): void {
  if (typeof asked !== 'object' || asked === null) return
  for (const [name, value] of Object.entries(asked)) {
    if (typeof value === 'object') requirePurposesWithin(value)
    else if (name === 'purpose') requirePurpose(value)
  }
}
