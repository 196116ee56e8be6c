/** Checks of the settings of a service that takes part in a federation. */
import type { Service, ServiceDocument } from '../../../model/service/service.ts'
import { duplicateProblem, type Problem, problemsOf } from '../../property-problem.ts'
import { keySetProblem, parseKeys } from '../../registration/key-set-rules.ts'
import { uriProblem } from '../../uri-property.ts'
import { isEntityId } from '../entity-id.ts'
import { trustMarkProblem } from './trust-marks.ts'

const longestSeconds = 30 * 86_400
/** Keys of all trust anchors together. */
const mostAnchorKeys = 200
/** OpenID Federation §1.2. */
const entityIdExpected = 'Expected an entity identifier: an https URL without query and fragment.'

export interface Saving {
  /** Milliseconds. */
  readonly now: number
  /** What is replaced. */
  readonly former?: Service | undefined
}

/** None while the service takes part in no federation: its settings may be preparations. */
export async function federationProblems(
  document: ServiceDocument,
  { now, former }: Saving,
): Promise<Problem[]> {
  if (!document.federationEnabled) return []
  const { issuer, federationConfigurationDuration } = document
  return problemsOf([
    issuer && !isEntityId(issuer) ? { path: 'issuer', message: entityIdExpected } : undefined,
    superiorsProblem(document),
    keyIdsProblem('federationJwks', document.federationJwks),
    httpsProblem(document, 'signedJwksUri'),
    httpsProblem(document, 'federationRegistrationEndpoint'),
    registrationProblem(document),
    federationConfigurationDuration > longestSeconds
      ? {
          path: 'federationConfigurationDuration',
          message: `An entity configuration is valid for at most ${longestSeconds} seconds: 30 days.`,
        }
      : undefined,
    ...(await anchorProblems(document)),
    trustMarkProblem(document, now, former),
  ])
}

/** OpenID Federation §3.1.2. */
function superiorsProblem({ authorityHints = [], issuer }: ServiceDocument): Problem | undefined {
  const path = 'authorityHints'
  if (!authorityHints.every(isEntityId)) return { path, message: entityIdExpected }
  if (issuer && authorityHints.includes(issuer)) {
    return { path, message: 'The service must not be its own superior.' }
  }
  return duplicateProblem(path, authorityHints)
}

const httpsProblem = (
  document: ServiceDocument,
  name: 'signedJwksUri' | 'federationRegistrationEndpoint',
): Problem | undefined => uriProblem(name, document[name], { schemes: ['https:'] })

/** OpenID Federation §5.1.3. */
function registrationProblem({
  supportedClientRegistrationTypes: types,
  federationRegistrationEndpoint,
}: ServiceDocument): Problem | undefined {
  if (!types?.includes('EXPLICIT') || federationRegistrationEndpoint) return undefined
  return {
    path: 'federationRegistrationEndpoint',
    message: 'Explicit registration requires the URL of its endpoint.',
  }
}

/** Statements name the key that signed them: OpenID Federation §3.1.1. */
function keyIdsProblem(path: string, text: string | undefined): Problem | undefined {
  const kids = (text && parseKeys(text)?.map(({ kid }) => kid)) || []
  const names = kids.filter((kid) => typeof kid === 'string' && kid !== '')
  return names.length < kids.length
    ? { path, message: 'Each key must have a kid.' }
    : duplicateProblem(path, names as string[])
}

async function anchorProblems({ trustAnchors = [] }: ServiceDocument) {
  const path = 'trustAnchors'
  const keys = trustAnchors.reduce((sum, { jwks }) => sum + (parseKeys(jwks ?? '')?.length ?? 0), 0)
  if (keys > mostAnchorKeys) {
    const message = `The trust anchors must have at most ${mostAnchorKeys} keys together.`
    return [{ path, message }]
  }
  const ofAnchors = await Promise.all(
    trustAnchors.map(({ entityId, jwks }, index) =>
      anchorProblem(`${path}.${index}`, entityId, jwks),
    ),
  )
  const names = trustAnchors.map(({ entityId = '' }) => entityId)
  return [...ofAnchors, duplicateProblem(path, names)]
}

/** Nothing is trusted on first use: an anchor has its keys in the settings. */
async function anchorProblem(
  path: string,
  entityId: string | undefined,
  jwks: string | undefined,
): Promise<Problem | undefined> {
  if (!isEntityId(entityId)) return { path: `${path}.entityId`, message: entityIdExpected }
  const keys = (jwks && parseKeys(jwks)) || []
  if (!jwks || keys.length === 0) {
    return { path: `${path}.jwks`, message: 'Expected the public keys of the trust anchor.' }
  }
  const problem = await keySetProblem(`${path}.jwks`, jwks, { publicOnly: true })
  return problem ?? keyIdsProblem(`${path}.jwks`, jwks)
}
