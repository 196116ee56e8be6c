/** Terraform with the provider of Authlete in a folder of its own, and what it asks of Postern. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../../../examples/demo/listen.ts'
import { createServer, type Json, type TestServer } from '../../support/server.ts'

export interface Call {
  method: string
  path: string
  body: Json
  status: number
  answer: Json
}

export interface Workspace {
  server: TestServer
  /** All calls since the last `forget`. */
  calls: Call[]
  forget(): void
  write(configuration: string): void
  /** Ends with the exit code, and with the problem, or all the output. */
  run(...words: string[]): Promise<{ code: number; output: string }>
  close(): Promise<void>
}

const jsonOr = (text: string): Json => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export async function openWorkspace(terraform: string, provider: string): Promise<Workspace> {
  const server = await createServer()
  const calls: Call[] = []
  const { url, close } = await listen(async (request) => {
    const body = jsonOr(await request.clone().text())
    const response = await server.fetch(request)
    const answer = jsonOr(await response.clone().text())
    const { method } = request
    calls.push({
      method,
      path: new URL(request.url).pathname,
      body,
      status: response.status,
      answer,
    })
    return response
  })
  const rights = ['create_service', 'modify_service', 'delete_service'] as const
  const token = await server.tokenFor(0, [...rights])
  const folder = mkdtempSync(join(tmpdir(), 'postern-terraform-'))
  const overrides = `dev_overrides {\n "authlete/authlete" = "${provider}"\n}\n direct {}`
  writeFileSync(join(folder, 'terraform.rc'), `provider_installation {\n${overrides}\n}\n`)
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TF_CLI_CONFIG_FILE: join(folder, 'terraform.rc'),
    CHECKPOINT_DISABLE: 'true',
    AUTHLETE_API_SERVER: url,
    AUTHLETE_IDP_SERVER: url,
    AUTHLETE_API_SERVER_ID: '1',
    AUTHLETE_ORGANIZATION_ID: '1',
    AUTHLETE_API_VERSION: '3.0',
    AUTHLETE_SO_KEY: 'owner',
    AUTHLETE_SO_SECRET: token,
  }

  async function run(...words: string[]) {
    const child = spawn(terraform, [...words, '-no-color'], { cwd: folder, env })
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

  const header = `terraform {\n required_providers {\n authlete = {\n source = "authlete/authlete"
 }\n }\n}\nprovider "authlete" {}\n`
  return {
    server,
    calls,
    forget: () => {
      calls.length = 0
    },
    write: (configuration) => writeFileSync(join(folder, 'main.tf'), header + configuration),
    run,
    async close() {
      await close()
      await server.close()
      rmSync(folder, { recursive: true })
    },
  }
}
