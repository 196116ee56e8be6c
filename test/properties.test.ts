/**
 * Every property of services and clients has a test that proves its effect, or a reason why it has
 * none: `docs/properties.md` is the table of both.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ClientDocument } from '../src/model/client/client.ts'
import { ServiceDocument } from '../src/model/service/service.ts'

/** Tests of behaviour: what only stores or validates a property proves nothing. */
const folders = ['test/spec', 'test/oauth', 'test/e2e', 'test/http']
const storing = /every-property|malformed-requests|spec.management|api-door|world|metadata-truth/

/** Shown on pages and lists, or kept for the caller alone: being returned is their whole effect. */
const returned = words(`
  clientName clientNames description descriptions logoUri logoUris contacts softwareId softwareVersion
  developer loginUri tosUri tosUris policyUri policyUris clientUri clientUris organizationName attributes
  customMetadata serviceName entityId digestAlgorithm clientSource applicationType serviceDocumentation
  mtlsEndpointAliasesUsed metadataDocumentUpdatedAt supportedDeveloperSnses clientRegistrationTypes`)

/** Why a property changes nothing. */
const reasons: Record<string, string[]> = {
  'OpenID Federation is not there yet.': words(`
    authorityHints federationEnabled federationJwks federationSignatureKeyId
    federationConfigurationDuration federationRegistrationEndpoint supportedClientRegistrationTypes
    trustAnchors automaticallyRegistered explicitlyRegistered trustAnchorId trustChainExpiresAt
    trustChainUpdatedAt`),
  'Verifiable credentials are not there yet.': words(`
    verifiableCredentialsEnabled credentialJwksUri credentialOfferDuration credentialJwks
    preAuthorizedGrantAnonymousAccessSupported credentialTransactionDuration userPinLength
    credentialDuration credentialIssuerMetadata cnonceDuration oid4vciVersion haipVersion keyAttesterRoots
    keyAttesterRootsEnabled keyAttesterRootsOnly credentialOfferEndpoint
    credentialResponseEncryptionRequired`),
  'Logout is not there yet.': words(`
    backchannelLogoutSupported backchannelLogoutSessionSupported backchannelLogoutUri
    backchannelLogoutSessionRequired`),
  'Keys in hardware modules are not there yet.': words('hsmEnabled hsks'),
  'Tokens of other systems are not imported.': words('inScopeForTokenMigration'),
  'The engine has no endpoints that clients reach themselves: the frontend has them.': words(`
    directAuthorizationEndpointEnabled directTokenEndpointEnabled directRevocationEndpointEnabled
    directIntrospectionEndpointEnabled directJwksEndpointEnabled directUserInfoEndpointEnabled`),
  'The engine has no login pages: the frontend authenticates users and developers.': words(`
    authenticationCallbackEndpoint authenticationCallbackApiKey authenticationCallbackApiSecret
    developerAuthenticationCallbackEndpoint developerAuthenticationCallbackApiKey
    developerAuthenticationCallbackApiSecret supportedSnses snsCredentials developerSnsCredentials clientsPerDeveloper`),
}

/** Members of requests that are accepted for features that come later. */
const requests: Record<string, string> = {
  clientEntityIdUsed: 'OpenID Federation',
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}

interface Proof {
  file: string
  title: string
  text: string
  isHead: boolean
}

const proofs: Proof[] = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  )
  .filter((file) => file.endsWith('.test.ts') && !storing.test(file))
  .flatMap(proofsOf)
  // A test with a title of its own says more than the head of a file.
  .sort((a, b) => Number(a.isHead) - Number(b.isHead) || rankOf(a) - rankOf(b))

function rankOf({ file }: Proof): number {
  return folders.findIndex((folder) => file.startsWith(folder))
}

/** Each test of a file with its title; what stands before the first belongs to the whole file. */
function proofsOf(file: string): Proof[] {
  const [head = '', ...tests] = readFileSync(file, 'utf8').split(/^ +it(?=[.(])/m)
  const purpose = /\/\*\*[\s*]*([\s\S]*?)\*\//.exec(head)?.[1] ?? ''
  const own = { file, title: purpose.replace(/\s*\n \* ?/g, ' ').trim(), text: head, isHead: true }
  const titled = tests.map((text) => {
    const title = /(?:^\(|\]\)\(\s*|^\.each<.*>\(|\)\(\s*)(['"`])((?:(?!\1).)+)\1,/m.exec(text)?.[2]
    return { file, title: title ?? own.title, text, isHead: false }
  })
  return [...titled, own]
}

const proofOf = (name: string) => proofs.find(({ text }) => new RegExp(`\\b${name}\\b`).test(text))
const reasonFor = (name: string) =>
  Object.entries(reasons).find(([, names]) => names.includes(name))?.[0]

function effectOf(name: string): string {
  const reason = reasonFor(name)
  if (reason) return `None. ${reason}`
  if (returned.includes(name)) return 'Kept and returned, which is its whole effect.'
  const proof = proofOf(name)
  return proof ? `${proof.title} (\`${proof.file}\`)`.replaceAll('|', '\\|') : 'UNPROVEN'
}

const names = (shape: object) => Object.keys(shape)
const tableOf = (title: string, shape: object): string =>
  [
    `## ${title}`,
    '',
    '| Property | Effect, and the test that proves it |',
    '| --- | --- |',
    ...names(shape).map((name) => `| \`${name}\` | ${effectOf(name)} |`),
  ].join('\n')

const requestSection = [
  '## Requests',
  '',
  'Members of requests that are read and change nothing yet, and what they are for:',
  '',
  ...Object.entries(requests).map(
    ([members, purpose]) =>
      `- ${members
        .split(', ')
        .map((name) => `\`${name}\``)
        .join(', ')}: ${purpose}`,
  ),
].join('\n')

const page = `${[
  '# Properties and their effects',
  'Every property of the contract is accepted, checked, stored and returned. This table says what proves that it also changes something, or why it does not. It is generated; a test keeps it true.',
  tableOf('Service', ServiceDocument.shape),
  tableOf('Client', ClientDocument.shape),
  requestSection,
].join('\n\n')}\n`

const all = [...names(ServiceDocument.shape), ...names(ClientDocument.shape)]

describe('a property', () => {
  it('has a test that proves its effect, or a reason why it has none', () => {
    expect(all.filter((name) => effectOf(name) === 'UNPROVEN')).toEqual([])
  })

  it('has no reason to have no effect once it is the model’s no more', () => {
    const known = new Set(all)
    expect(
      Object.values(reasons)
        .flat()
        .filter((name) => !known.has(name)),
    ).toEqual([])
  })

  it('is in docs/properties.md', () => {
    if (process.env['UPDATE_DOCUMENTS']) writeFileSync('docs/properties.md', page)
    expect(readFileSync('docs/properties.md', 'utf8')).toBe(page)
  })
})
