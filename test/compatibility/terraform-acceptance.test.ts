/**
 * The Terraform provider of Authlete itself, for version 3: whatever it created or updated, its
 * second plan is empty, and no request of it is refused. `TEST_TERRAFORM` is the program, by
 * default the one in the path, and `TEST_TERRAFORM_PROVIDER` the folder with the built provider.
 * `UPDATE_RECORDING=1` writes its requests to `terraform-groups.json`, which are replayed without
 * Terraform.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../support/server.ts'
import {
  clientGroups,
  crashes,
  type Group,
  serviceGroups,
  serviceOfClients,
} from './terraform/groups.ts'
import { pack, type RecordedTest, recordOf } from './terraform/recording.ts'
import { openWorkspace, type Workspace } from './terraform/workspace.ts'

const terraform = process.env['TEST_TERRAFORM'] ?? 'terraform'
const provider = process.env['TEST_TERRAFORM_PROVIDER'] ?? ''
const isThere =
  existsSync(join(provider, 'terraform-provider-authlete')) &&
  spawnSync(terraform, ['version']).status === 0

if (!isThere) {
  console.warn('SKIPPED: Terraform itself, for TEST_TERRAFORM_PROVIDER or terraform is missing.')
}

const recorded: RecordedTest[] = []
afterAll(() => {
  if (!process.env['UPDATE_RECORDING']) return
  const text = JSON.stringify(pack(recorded), undefined, 2)
  writeFileSync('test/compatibility/terraform-groups.json', `${text}\n`)
})

const service = (settings: string, name = 'shop') => `resource "authlete_service" "${name}" {
 service_name = "${name}"
 issuer = "https://${name}.example.com"
 supported_grant_types = ["AUTHORIZATION_CODE", "REFRESH_TOKEN", "CIBA"]
 supported_response_types = ["CODE"]
${settings}
}
`

const client = (settings: string) => `${service(serviceOfClients)}
resource "authlete_client" "app" {
 service_api_key = authlete_service.shop.id
 service_api_secret = authlete_service.shop.api_secret
 client_type = "CONFIDENTIAL"
 redirect_uris = ["https://app.example/cb"]
 grant_types = ["AUTHORIZATION_CODE", "REFRESH_TOKEN"]
 response_types = ["CODE"]
${settings}
}
`

describe.skipIf(!isThere)('Terraform provider of Authlete', () => {
  let space: Workspace
  beforeEach(async () => {
    space = await openWorkspace(terraform, provider)
    return space.close
  })

  const refused = () => space.calls.filter(({ status }) => status >= 400)

  async function apply(text: string) {
    space.write(text)
    const { code, output } = await space.run('apply', '-auto-approve')
    expect([code, output, refused()]).toEqual([0, expect.anything(), []])
  }

  async function applied(text: string) {
    await apply(text)
    const { code, output } = await space.run('plan', '-detailed-exitcode')
    expect([code, output]).toEqual([0, expect.stringContaining('No changes')])
  }

  async function throughAll({ first, next, last = '' }: Group, make: (text: string) => string) {
    await applied(make(first))
    await applied(make(next))
    await applied(make(last))
  }

  it.each(serviceGroups)('makes services whose second plan is empty: $name', async (group) => {
    await throughAll(group, service)
    recorded.push(recordOf(`service: ${group.name}`, space.calls))
  })

  it.each(clientGroups)('makes clients whose second plan is empty: $name', async (group) => {
    await throughAll(group, client)
    recorded.push(recordOf(`client: ${group.name}`, space.calls))
  })

  it('imports a service that there is, and finds no change', async () => {
    const made = await space.server.post('/api/service/create', {
      serviceName: 'import',
      issuer: 'https://import.example.com',
      supportedGrantTypes: ['AUTHORIZATION_CODE', 'REFRESH_TOKEN', 'CIBA'],
      supportedResponseTypes: ['CODE'],
      description: 'Made by hand',
    })
    space.write(service(' description = "Made by hand"', 'import'))
    const imported = await space.run('import', 'authlete_service.import', String(made.apiKey))
    expect([imported.code, imported.output]).toEqual([0, expect.anything()])
    const { code, output } = await space.run('plan', '-detailed-exitcode')
    expect([code, output]).toEqual([0, expect.stringContaining('No changes')])
  })

  it('leaves the keys of a service alone if it ignores their changes', async () => {
    const ignoring = 'lifecycle {\n ignore_changes = [jwk]\n}'
    await applied(service(ignoring))
    const [{ apiKey }] = (await space.server.get('/api/services')).services
    await space.server.post(`/api/${apiKey}/service/keys/generate`, { alg: 'ES256' })
    await applied(service(`${ignoring}\n description = "A shop"`))
    const read = await space.server.get(`/api/${apiKey}/service/get`)
    expect([read.description, JSON.parse(read.jwks).keys]).toEqual(['A shop', [expect.anything()]])
  })

  it('destroys what it made', async () => {
    await applied(client(''))
    const before: Json = await space.server.get('/api/services')
    expect(before.services).toHaveLength(1)
    const destroyed = await space.run('destroy', '-auto-approve')
    expect([destroyed.code, destroyed.output]).toEqual([0, expect.stringContaining('Destroy')])
    expect((await space.server.get('/api/services')).services).toEqual([])
    recorded.push(recordOf('destruction', space.calls))
  })

  describe('fails by itself', () => {
    /** What the provider read last is what it had set, so that Postern is not the reason. */
    const lastRead = () => space.calls.filter(({ method }) => method === 'GET').at(-1)?.answer
    const lastSent = () => space.calls.filter(({ method }) => method === 'POST').at(-1)?.body
    const planned = () => space.run('plan', '-detailed-exitcode')

    it.each(crashes)('when $name changes: it crashes before it sends anything', async (group) => {
      await applied(service(group.first))
      space.forget()
      space.write(service(group.next))
      const { code, output } = await space.run('apply', '-auto-approve')
      expect([code, output]).toEqual([1, expect.stringContaining('plugin crashed')])
      expect(new Set(space.calls.map(({ method }) => method))).toEqual(new Set(['GET']))
      expect(refused()).toEqual([])
    })

    it('at federation_jwk: it crashes when the keys change', async () => {
      const keys = (kid: string) =>
        `federation_jwk {\n kid = "${kid}"\n alg = "ES256"\n use = "sig"\n crv = "P-256"\n generate = true\n}`
      await applied(service(keys('one')))
      space.write(service(keys('two')))
      const { code, output } = await space.run('apply', '-auto-approve')
      expect([code, output]).toEqual([1, expect.stringContaining('plugin crashed')])
    })

    it('at jwks of a client: it never reads the text, and plans it again', async () => {
      const text = JSON.stringify({ keys: [] })
      await apply(client(`jwks = ${JSON.stringify(text)}`))
      expect(lastSent().jwks).toBe(text)
      const { code, output } = await planned()
      expect([code, output]).toEqual([2, expect.stringContaining('+ jwks')])
      expect(lastRead().jwks).toBe(text)
    })

    it('at request_object_encryption_enc_match_required: it reads another property', async () => {
      await apply(
        client(`request_object_encryption_enc_match_required = true
request_encryption_alg = "RSA_OAEP_256"\n request_encryption_enc = "A256GCM"`),
      )
      const { code, output } = await planned()
      expect([code, output]).toEqual([2, expect.stringContaining('false -> true')])
      expect(lastRead().requestObjectEncryptionEncMatchRequired).toBe(true)
    })

    it('at a login_uri that is removed: it removes the logo instead', async () => {
      const logo = 'logo_uri = "https://app.example/logo.png"'
      await applied(client(`${logo}\nlogin_uri = "https://app.example/login"`))
      await apply(client(logo))
      expect(lastSent().loginUri).toBe('https://app.example/login')
      expect(lastSent().logoUri).toBeUndefined()
      expect((await planned()).code).toBe(2)
    })
  })
})
