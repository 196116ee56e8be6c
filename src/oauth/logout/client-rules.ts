/** Checks of a client's URIs for logout. */
import type { ClientDocument } from '../../model/client/client.ts'
import { duplicateProblem, type Problem } from '../property-problem.ts'
import { dangerousSchemes, isLoopbackHost, isSameOrigin, isUri } from '../uri.ts'
import { uriProblem } from '../uri-property.ts'

type ApplicationType = 'WEB' | 'NATIVE'

const mostUris = 100
const longestUri = 2_048

/** All problems of a client's settings for logout. */
export const logoutProblems = (
  document: ClientDocument,
  applicationType: ApplicationType,
): (Problem | undefined)[] => [
  ...postLogoutProblems(document, applicationType),
  frontchannelProblem(document),
  backchannelProblem(document),
]

/** OIDC RP-Initiated Logout §3.1. */
function postLogoutProblems(
  document: ClientDocument,
  applicationType: ApplicationType,
): (Problem | undefined)[] {
  const path = 'postLogoutRedirectUris'
  const uris = document.postLogoutRedirectUris ?? []
  if (uris.length > mostUris) {
    return [{ path, message: `A client must have at most ${mostUris} of these URIs.` }]
  }
  const problems = uris.map((uri, index): Problem | undefined => {
    const message = messageOf(uri, document, applicationType === 'NATIVE')
    return message ? { path: `${path}.${index}`, message } : undefined
  })
  return [...problems, duplicateProblem(path, uris)]
}

/** OIDC Front-Channel Logout §2: scheme, host and port must be those of a redirect URI. */
function frontchannelProblem(document: ClientDocument): Problem | undefined {
  const path = 'frontchannelLogoutUri'
  const { frontchannelLogoutUri: uri, redirectUris = [] } = document
  if (!uri) return undefined
  const message = messageOf(uri, document, false)
  if (message) return { path, message }
  return redirectUris.some((redirectUri) => isSameOrigin(redirectUri, uri))
    ? undefined
    : { path, message: 'The scheme, host and port must be those of a redirect URI of the client.' }
}

/**
 * OIDC Back-Channel Logout §2.2. Whether an http URL may be reached is decided at each attempt, as
 * for every URL that Postern fetches: POSTERN_OUTBOUND_ALLOW applies after name resolution.
 */
function backchannelProblem({ backchannelLogoutUri, clientType }: ClientDocument) {
  const path = 'backchannelLogoutUri'
  const problem = uriProblem(path, backchannelLogoutUri)
  if (problem || !backchannelLogoutUri) return problem
  const { protocol } = new URL(backchannelLogoutUri)
  return protocol === 'https:' || clientType === 'CONFIDENTIAL'
    ? undefined
    : { path, message: 'A public client must use https.' }
}

/** What is wrong with a URI to which a browser is sent; undefined if nothing is. */
function messageOf(
  uri: string,
  { clientType }: ClientDocument,
  isPrivateAllowed: boolean,
): string | undefined {
  if (uri.length > longestUri) return `The URI must have at most ${longestUri} characters.`
  if (!isUri(uri)) return 'Expected an absolute URI.'
  if (uri.includes('#')) return 'The URI must not have a fragment.'
  const { protocol, hostname } = new URL(uri)
  if (dangerousSchemes.includes(protocol)) return `The scheme ${protocol} is not allowed.`
  if (protocol === 'https:') return undefined
  if (protocol === 'http:') {
    return isLoopbackHost(hostname) || clientType === 'CONFIDENTIAL'
      ? undefined
      : 'A public client must use https, or http on a loopback address.'
  }
  return isPrivateAllowed
    ? undefined
    : 'The scheme must be https: private-use schemes are for the redirects of native clients.'
}
