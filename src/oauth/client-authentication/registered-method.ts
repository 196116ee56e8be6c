/** Checks of the metadata that the client authentication method of a client requires. */

import type { ClientDocument } from '../../model/client/client.ts'
import type { ClientAuthMethod } from '../../model/enums.ts'
import type { Service } from '../../model/service/service.ts'
import { isUrl } from '../../model/url.ts'
import { parseName } from '../../x509/distinguished-name.ts'
import type { Problem } from '../property-problem.ts'
import { uriProblem } from '../uri-property.ts'
import { acceptedMethods, furtherMethodsProblem } from './accepted-methods.ts'
import { addressOf, chainVerifier, verifiedByTerminator } from './mutual-tls.ts'
import { isSpiffeId } from './spiffe.ts'

const subjects = [
  'tlsClientAuthSubjectDn',
  'tlsClientAuthSanDns',
  'tlsClientAuthSanUri',
  'tlsClientAuthSanIp',
  'tlsClientAuthSanEmail',
] as const

/** The problems of a client's settings for its methods; undefined entries are no problems. */
export function methodProblems(
  document: ClientDocument,
  service: Service,
): (Problem | undefined)[] {
  const further = acceptedMethods(document).filter((method) => method !== document.tokenAuthMethod)
  return [
    furtherMethodsProblem(document),
    ...problemsOfMethod(document.tokenAuthMethod, document, service),
    ...further.flatMap((method) =>
      problemsOfMethod(method, document, service).map((problem) => ofFurther(method, problem)),
    ),
  ]
}

/** The problem names the attribute in place of the property, which is about another method. */
const ofFurther = (method: ClientAuthMethod, problem: Problem | undefined): Problem | undefined =>
  problem?.path === 'tokenAuthMethod'
    ? { path: 'attributes', message: `${method.toLowerCase()}: ${problem.message}` }
    : problem

function problemsOfMethod(
  method: ClientAuthMethod,
  document: ClientDocument,
  service: Service,
): (Problem | undefined)[] {
  switch (method) {
    case 'TLS_CLIENT_AUTH':
      return [...subjectProblems(document), chainProblem(service)]
    case 'SELF_SIGNED_TLS_CLIENT_AUTH':
      return [keyProblem(document)]
    case 'SPIFFE_JWT':
      return spiffeProblems(document)
    default:
      return []
  }
}

/** RFC 8705 §2.1: without a trusted root, any certificate with the subject would be accepted. */
function chainProblem(service: Service): Problem | undefined {
  if (chainVerifier(service)) return undefined
  const message =
    'The method tls_client_auth requires trustedRootCertificates of the service, or its attribute ' +
    `${verifiedByTerminator.name} if the TLS terminator verifies the chains.`
  return { path: 'tokenAuthMethod', message }
}

/** RFC 8705 §2.1.2: exactly one subject name is registered. */
function subjectProblems(document: ClientDocument): (Problem | undefined)[] {
  const given = subjects.filter((name) => document[name])
  const [name] = given
  if (given.length !== 1 || !name) {
    const message = `The method requires exactly one of ${subjects.join(', ')}.`
    return [{ path: 'tokenAuthMethod', message }]
  }
  const message = subjectProblem(name, document[name] ?? '')
  return [message ? { path: name, message } : undefined]
}

function subjectProblem(name: (typeof subjects)[number], text: string): string | undefined {
  const tests: Record<(typeof subjects)[number], [boolean, string]> = {
    tlsClientAuthSubjectDn: [!!parseName(text), 'a distinguished name in the form of RFC 4514'],
    tlsClientAuthSanDns: [/^[\w-]+(\.[\w-]+)*$/.test(text), 'a DNS name, without wildcards'],
    tlsClientAuthSanUri: [isUrl(text), 'an absolute URI'],
    tlsClientAuthSanIp: [addressOf(text) !== undefined, 'an IP address'],
    tlsClientAuthSanEmail: [/^[^\s@]+@[\w.-]+$/.test(text), 'an e-mail address'],
  }
  const [isGood, expected] = tests[name]
  return isGood ? undefined : `Expected ${expected}.`
}

/** RFC 8705 §2.2: the key set of the client contains the certificate. */
const keyProblem = ({ jwks, jwksUri, signedJwksUri }: ClientDocument): Problem | undefined =>
  jwks || jwksUri || signedJwksUri
    ? undefined
    : {
        path: 'tokenAuthMethod',
        message: 'The method requires the certificate in jwks or jwksUri.',
      }

/** SPIFFE Client Authentication §5.1: the bundle endpoint must use https. */
function spiffeProblems(document: ClientDocument): (Problem | undefined)[] {
  const { spiffeId, spiffeBundleEndpoint } = document
  if (!spiffeId || !spiffeBundleEndpoint) {
    const message = 'The method requires spiffeId and spiffeBundleEndpoint.'
    return [{ path: 'tokenAuthMethod', message }]
  }
  return [
    isSpiffeId(spiffeId) ? undefined : { path: 'spiffeId', message: 'Expected a SPIFFE ID.' },
    uriProblem('spiffeBundleEndpoint', spiffeBundleEndpoint, { schemes: ['https:'] }),
  ]
}
