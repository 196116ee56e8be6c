/**
 * The Terraform provider of Authlete itself, for version 3: whatever it created or updated, its
 * second plan is empty. `TEST_TERRAFORM` is the program, by default the one in the path, and
 * `TEST_TERRAFORM_PROVIDER` the folder with the built provider.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Json, type TestServer } from '../support/server.ts'

const terraform = process.env['TEST_TERRAFORM'] ?? 'terraform'
const provider = process.env['TEST_TERRAFORM_PROVIDER'] ?? ''
const isThere =
  existsSync(join(provider, 'terraform-provider-authlete')) &&
  spawnSync(terraform, ['version']).status === 0

if (!isThere) {
  console.warn('SKIPPED: Terraform itself, for TEST_TERRAFORM_PROVIDER or terraform is missing.')
}

/** What a service has in each group of attributes, and what it is changed to. */
const services: [group: string, first: string, then: string][] = [
  [
    'texts',
    'description = "A shop"',
    'description = "A store"\n policy_uri = "https://a.example/p"',
  ],
  [
    'attributes',
    'attributes {\n key = "a"\n value = "1"\n}',
    'attributes {\n key = "a"\n value = "2"\n}',
  ],
  [
    'scopes',
    'supported_scopes {\n name = "read"\n description = "Read"\n default_entry = false\n}',
    'supported_scopes {\n name = "read"\n description = "Read all"\n default_entry = true\n attributes {\n key = "b"\n value = "1"\n }\n}',
  ],
  [
    'endpoints',
    'authorization_endpoint = "https://a.example/authorize"\n token_endpoint = "https://a.example/token"',
    'authorization_endpoint = "https://a.example/auth"\n token_endpoint = "https://a.example/token"\n revocation_endpoint = "https://a.example/revoke"',
  ],
  ['PKCE', 'pkce_required = true', 'pkce_required = true\n pkce_s256_required = true'],
  [
    'durations',
    'access_token_duration = 600\n refresh_token_duration = 7200',
    'access_token_duration = 900\n id_token_duration = 60',
  ],
  [
    'pushed requests',
    'par_required = true\n pushed_auth_req_endpoint = "https://a.example/par"\n pushed_auth_req_duration = 60',
    'pushed_auth_req_endpoint = "https://a.example/par"\n pushed_auth_req_duration = 90\n request_object_required = true',
  ],
  [
    'mutual TLS',
    'tls_client_certificate_bound_access_tokens = true\n supported_token_auth_methods = ["TLS_CLIENT_AUTH"]',
    'tls_client_certificate_bound_access_tokens = true\n mtls_endpoint_aliases {\n name = "token_endpoint"\n uri = "https://mtls.a.example/token"\n}',
  ],
  [
    'device flow',
    'device_flow_code_duration = 600\n user_code_charset = "BASE20"\n user_code_length = 8',
    'device_flow_code_duration = 300\n user_code_charset = "NUMERIC"\n user_code_length = 9',
  ],
]

describe.skipIf(!isThere)('Terraform provider of Authlete', () => {
  let server: TestServer
  let folder = ''
  beforeAll(async () => {
    server = await createServer({ overHttp: true })
    folder = mkdtempSync(join(tmpdir(), 'postern-terraform-'))
    const overrides = `dev_overrides {\n "authlete/authlete" = "${provider}"\n}\n direct {}`
    writeFileSync(join(folder, 'terraform.rc'), `provider_installation {\n${overrides}\n}\n`)
  })
  afterAll(async () => {
    await server?.close()
    if (folder) rmSync(folder, { recursive: true })
  })

  async function run(...words: string[]) {
    const child = spawn(terraform, [...words, '-no-color'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: folder,
        TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
        CHECKPOINT_DISABLE: 'true',
        AUTHLETE_API_SERVER: server.url,
        AUTHLETE_IDP_SERVER: server.url,
        AUTHLETE_API_SERVER_ID: '1',
        AUTHLETE_ORGANIZATION_ID: '1',
        AUTHLETE_API_VERSION: '3.0',
        AUTHLETE_SO_KEY: 'owner',
        AUTHLETE_SO_SECRET: server.adminToken,
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
      })
    }
    const [code] = await once(child, 'close')
    const [, problem] = /^Error: (.*)/ms.exec(output.replace(/^[╷│╵] ?/gm, '')) ?? []
    return { code, output: problem ?? output }
  }

  const write = (text: string) =>
    writeFileSync(
      join(folder, 'main.tf'),
      `terraform {\n required_providers {\n authlete = {\n source = "authlete/authlete"\n }\n }\n}
provider "authlete" {}
${text}`,
    )

  const service = (settings: string, name = 'shop') => `resource "authlete_service" "${name}" {
 service_name = "${name}"
 issuer = "https://${name}.example.com"
 supported_grant_types = ["AUTHORIZATION_CODE"]
 supported_response_types = ["CODE"]
${settings}
}
`

  async function applied(text: string) {
    write(text)
    const done = await run('apply', '-auto-approve')
    expect([done.code, done.output]).toEqual([0, expect.anything()])
    const { code, output } = await run('plan', '-detailed-exitcode')
    expect([code, output]).toEqual([0, expect.stringContaining('No changes')])
  }

  it.each(services)('makes services whose second plan is empty: %s', async (_, first, then) => {
    await applied(service(first))
    await applied(service(then))
  })

  it('imports a service that there is, and finds no change', async () => {
    const made = await server.post('/api/service/create', {
      serviceName: 'import',
      issuer: 'https://import.example.com',
      supportedGrantTypes: ['AUTHORIZATION_CODE'],
      supportedResponseTypes: ['CODE'],
      description: 'Made by hand',
    })
    write(service(' description = "Made by hand"', 'import'))
    const imported = await run('import', 'authlete_service.import', String(made.apiKey))
    expect([imported.code, imported.output]).toEqual([0, expect.anything()])
    const { code, output } = await run(
      'plan',
      '-detailed-exitcode',
      '-target=authlete_service.import',
    )
    expect([code, output]).toEqual([0, expect.stringContaining('No changes')])
  })

  it('destroys what it made', async () => {
    const before: Json = await server.get('/api/services')
    expect(before.services.length).toBeGreaterThan(0)
    const destroyed = await run('destroy', '-auto-approve')
    expect([destroyed.code, destroyed.output]).toEqual([0, expect.stringContaining('Destroy')])
    expect((await server.get('/api/services')).services).toEqual([])
  })
})
