/**
 * Every property of services and clients has an effect, or `docs/properties.md` says that it has
 * none.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ClientDocument } from '../src/model/client.ts'
import { ServiceDocument } from '../src/model/service.ts'

/**
 * Rooms whose mention of a property is an effect: neither its declaration nor its validation is.
 */
const validation =
  /^src\/(model\/|oauth\/(registration|client-metadata|registered-metadata|service-settings)\.ts|api\/(service|client)\/)/

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .map((file) => join('src', file))
  .filter((file) => file.endsWith('.ts') && !validation.test(file))
  .map((file) => readFileSync(file, 'utf8'))
  .concat(
    ['src/api/client/visible-client.ts', 'src/api/service/configuration.ts'].map((file) =>
      readFileSync(file, 'utf8'),
    ),
  )

/** Shown on pages and lists, or kept for the caller alone: being returned is their whole effect. */
const returned = new Set(
  `clientName clientNames description descriptions logoUri logoUris contacts softwareId softwareVersion
  developer loginUri tosUri tosUris policyUri policyUris clientUri clientUris organizationName attributes
  customMetadata serviceName metadata clientIdAlias clientIdAliasEnabled applicationType sectorIdentifierUri
  entityId digestAlgorithm clientSource`.split(/\s+/),
)

const hasEffect = (name: string) =>
  returned.has(name) || sources.some((text) => new RegExp(`\\b${name}\\b`).test(text))

const listed = (title: string, shape: object): string =>
  [
    `## ${title}`,
    '',
    ...Object.keys(shape)
      .filter((name) => !hasEffect(name))
      .map((name) => `- \`${name}\``),
  ].join('\n')

/** Members of requests that are accepted for features that come later. */
const requests: Record<string, string> = {
  'authorizationDetails, authorization_details': 'rich authorization requests, RFC 9396',
  'oauthClientAttestation, oauthClientAttestationPop': 'client attestation',
  clientCertificatePath: 'client authentication by mutual TLS',
  'headers, message, uri, requiredComponents, requestBodyContained, requestSignature':
    'HTTP message signatures, RFC 9421',
  'claimsForTx, verifiedClaimsForTx': 'transformed claims',
  'cimdOptions, metadataDocumentUsed': 'client ID metadata documents',
  clientEntityIdUsed: 'OpenID Federation',
}
const requestSection = [
  '## Requests',
  '',
  'Members of requests that are read and change nothing yet, and what they are for:',
  '',
  ...Object.entries(requests).map(
    ([names, purpose]) =>
      `- ${names
        .split(', ')
        .map((name) => `\`${name}\``)
        .join(', ')}: ${purpose}`,
  ),
].join('\n')

const page = `${[
  '# Properties without an effect',
  'These properties of the contract are accepted, checked, stored and returned, and change nothing that Postern does yet. All others have an effect. A test keeps this page true.',
  listed('Service', ServiceDocument.shape),
  listed('Client', ClientDocument.shape),
  requestSection,
].join('\n\n')}\n`

describe('docs/properties.md', () => {
  it('lists exactly the properties that are stored and have no effect', () => {
    if (process.env['UPDATE_DOCUMENTS']) writeFileSync('docs/properties.md', page)
    expect(readFileSync('docs/properties.md', 'utf8')).toBe(page)
  })
})
