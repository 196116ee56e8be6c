/** Checks of `credential_configurations_supported`, OpenID4VCI §12.2.4. */
import { asymmetricAlgorithms } from '../../jose/signature-algorithm.ts'
import { parseJson } from '../../model/json.ts'
import type { Problem } from '../property-problem.ts'

type Members = Record<string, unknown>

const configurationLimit = 200
const depthLimit = 16

const formats = ['dc+sd-jwt', 'mso_mdoc']
const bindingMethods = ['jwk', 'cose_key', 'did:jwk']
const proofTypes = ['jwt', 'attestation']
/** Asymmetric algorithms of COSE: ECDSA and EdDSA, with or without the curve. */
const coseAlgorithms = [-7, -9, -35, -51, -36, -52, -8, -19]

/** What is wrong with the JSON text; undefined if nothing is. */
export function configurationProblem(path: string, text: string | undefined): Problem | undefined {
  if (!text) return undefined
  const all = objectIn(text)
  if (!all) {
    return { path, message: 'Expected the text of a JSON object with at most 16 levels.' }
  }
  const entries = Object.entries(all)
  if (entries.length > configurationLimit) {
    return { path, message: `Expected at most ${configurationLimit} configurations.` }
  }
  for (const [id, configuration] of entries) {
    const message = isObject(configuration) ? messageFor(configuration) : 'Expected an object.'
    if (message) return { path: `${path}.${id.slice(0, 100)}`, message }
    if (id === '' || id.length > 255) {
      return { path, message: 'The name of a configuration must have 1 to 255 characters.' }
    }
  }
  return undefined
}

function objectIn(text: string): Members | undefined {
  try {
    const value = parseJson(text, depthLimit)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const messageFor = (configuration: Members): string | undefined =>
  typeMessage(configuration) ??
  scopeMessage(configuration['scope']) ??
  algorithmMessage(configuration) ??
  bindingMessage(configuration) ??
  proofMessage(configuration['proof_types_supported']) ??
  displayMessage(configuration['credential_metadata'])

/** OpenID4VCI §A.2.2 and §A.3.2. */
function typeMessage({ format, vct, doctype }: Members): string | undefined {
  if (!formats.includes(String(format))) return 'The format must be dc+sd-jwt or mso_mdoc.'
  if (format === 'mso_mdoc') {
    return isText(doctype) ? undefined : 'The format mso_mdoc requires a doctype.'
  }
  return isText(vct) ? undefined : 'The format dc+sd-jwt requires a vct.'
}

const scopeMessage = (scope: unknown): string | undefined =>
  scope === undefined || (typeof scope === 'string' && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
    ? undefined
    : 'The scope must be one scope value (RFC 6749 §3.3).'

function algorithmMessage(configuration: Members): string | undefined {
  const { format, credential_signing_alg_values_supported: listed } = configuration
  if (listed === undefined) return undefined
  const known: readonly unknown[] = format === 'mso_mdoc' ? coseAlgorithms : asymmetricAlgorithms
  if (isListOf(listed, (each) => known.includes(each))) return undefined
  return format === 'mso_mdoc'
    ? 'The credential_signing_alg_values_supported of an mdoc must be numbers of COSE, such as -7.'
    : 'The credential_signing_alg_values_supported must be asymmetric JWS algorithms.'
}

/** Both or neither; an mdoc has a key always, ISO 18013-5 §9.1.2.4. */
function bindingMessage(configuration: Members): string | undefined {
  const { format, proof_types_supported: types } = configuration
  const { cryptographic_binding_methods_supported: methods } = configuration
  if ((methods === undefined) !== (types === undefined)) {
    return 'Binding methods and proof types are given both or neither.'
  }
  if (methods === undefined) {
    return format === 'mso_mdoc'
      ? 'The format mso_mdoc requires cryptographic_binding_methods_supported.'
      : undefined
  }
  return isListOf(methods, (each) => bindingMethods.includes(String(each)))
    ? undefined
    : `The cryptographic_binding_methods_supported must be ${bindingMethods.join(', ')}.`
}

function proofMessage(types: unknown): string | undefined {
  if (types === undefined) return undefined
  const entries = isObject(types) ? Object.entries(types) : []
  if (entries.length === 0 || !entries.every(([name]) => proofTypes.includes(name))) {
    return 'The proof_types_supported must be an object with jwt or attestation.'
  }
  return entries.map(([, type]) => proofTypeMessage(type)).find((each) => each !== undefined)
}

function proofTypeMessage(type: unknown): string | undefined {
  const known: readonly unknown[] = asymmetricAlgorithms
  const { proof_signing_alg_values_supported: algorithms, key_attestations_required: required } =
    isObject(type) ? type : {}
  if (!isListOf(algorithms, (each) => known.includes(each))) {
    return 'The proof_signing_alg_values_supported must be asymmetric JWS algorithms.'
  }
  if (required === undefined) return undefined
  const { key_storage: storage, user_authentication: authentication } = isObject(required)
    ? required
    : { key_storage: null }
  return [storage, authentication].every((each) => each === undefined || isListOf(each, isText))
    ? undefined
    : 'The members of key_attestations_required must be lists of strings that are not empty.'
}

function displayMessage(metadata: unknown): string | undefined {
  if (metadata === undefined) return undefined
  if (!isObject(metadata)) return 'The credential_metadata must be an object.'
  const { display, claims } = metadata
  if (display !== undefined) {
    const message = localesMessage(display)
    if (message) return `In credential_metadata: ${message}`
  }
  const isClaim = (each: unknown) => isObject(each) && isListOf(each['path'], isPathElement)
  return claims === undefined || isListOf(claims, isClaim)
    ? undefined
    : 'The claims of credential_metadata must be objects, each with a path.'
}

/** OpenID4VCI §C: names, indices, and null for all elements. */
const isPathElement = (each: unknown): boolean =>
  each === null || typeof each === 'string' || (Number.isInteger(each) && Number(each) >= 0)

/** There must be one object for each language. */
export function localesMessage(display: unknown): string | undefined {
  if (!isListOf(display, isObject)) return 'The display must be a list of objects.'
  const locales = (display as Members[]).map(({ locale }) => locale ?? '')
  return new Set(locales).size === locales.length
    ? undefined
    : 'The display must have one object for each locale.'
}

const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''
const isListOf = (value: unknown, isMember: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length > 0 && value.every(isMember)
