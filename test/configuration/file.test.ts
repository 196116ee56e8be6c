/** Files of configuration: what they may contain, and what is said of mistakes. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkSource } from '../../src/remote/configuration/check.ts'
import { resolveReferences } from '../../src/remote/configuration/references.ts'
import { readSource } from '../../src/remote/configuration/source.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-file-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** What is said of a file, without the folder. */
function problemsOf(text: string): string {
  const source = readSource(write('service.yaml', text))
  try {
    checkSource(source)
  } catch (error) {
    return (error as Error).message.replaceAll(/\S*service\.yaml/g, 'service.yaml')
  }
  return ''
}

const begun = 'postern: 1\nservice:\n  key: shop\n'

describe('configuration file', () => {
  it('accepts the properties of the API, references to secrets, and managed keys', () => {
    const text = `${begun}  serviceName: Shop
  keys: { managed: true, algorithms: [PS256] }
  pairwiseSubjectSalt: { keep: true }
  supportedScopes: [{ name: payments, description: Payments }]
clients:
  delete: listed-keys
  deleted: [old]
  items:
    - key: web
      clientType: CONFIDENTIAL
      clientSecret: { env: SHOP_SECRET }
      extension: { requestableScopesEnabled: true, requestableScopes: [payments] }
    - { key: app, clientSecret: { generate: true }, jwks: { file: ./app.json } }
lint: { require: [fapi2-security] }
`
    expect(problemsOf(text)).toBe('')
  })

  it('tells the line of an unknown property, and what may be meant', () => {
    expect(problemsOf(`${begun}  serviceNmae: Shop\n`)).toBe(
      'service.yaml:4: service.serviceNmae is unknown: did you mean serviceName?',
    )
    const nested = `${begun}  supportedScopes:\n    - name: a\n      descripton: A\n`
    expect(problemsOf(nested)).toBe(
      'service.yaml:6: service.supportedScopes.0.descripton is unknown: did you mean description?',
    )
    const client = `${begun}clients:\n  items:\n    - key: web\n      redirectUri: []\n`
    expect(problemsOf(client)).toBe(
      'service.yaml:7: clients.items.0.redirectUri is unknown: did you mean redirectUris?',
    )
    expect(problemsOf(`${begun}x-own: 1\n`)).toBe('service.yaml:4: x-own is unknown.')
  })

  it('tells the line of a wrong value', () => {
    expect(problemsOf(`${begun}  accessTokenDuration: soon\n`)).toMatch(
      /^service\.yaml:4: service\.accessTokenDuration: .*number/,
    )
    expect(problemsOf('postern: 2\nservice: { key: shop }\n')).toMatch(/^service\.yaml:1: postern:/)
    expect(problemsOf('postern: 1\nservice: { key: Shop 1 }\n')).toMatch(/service\.key: .*a key/)
    expect(problemsOf(`${begun}clients: { delete: all }\n`)).toMatch(/listed-keys/)
  })

  it('refuses secrets in clear', () => {
    const secret = 'service: { key: shop, pairwiseSubjectSalt: abc }'
    expect(problemsOf(`postern: 1\n${secret}\n`)).toMatch(/no file holds a secret/)
    const client = `${begun}clients: { items: [{ key: web, clientSecret: hush }] }\n`
    expect(problemsOf(client)).toMatch(/service\.yaml:4: .*clientSecret: .*no file holds a secret/)
  })

  it('refuses two clients with one key', () => {
    const items = '[{ key: web }, { key: web }]'
    expect(problemsOf(`${begun}clients: { items: ${items} }\n`)).toMatch(
      'Another client has the key web.',
    )
  })

  it('refuses text that is no YAML, at its line', () => {
    const path = write('broken.yaml', 'postern: 1\nservice: [\n')
    expect(() => readSource(path)).toThrow(/broken\.yaml:\d+: /)
    expect(() => readSource(write('list.yaml', '- 1\n'))).toThrow('no object of settings')
    expect(() => readSource(join(folder, 'none.yaml'))).toThrow('cannot be read')
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]', ...'bcdefg'.split('').map(bombLine)].join('\n')
    expect(() => readSource(write('bomb.yaml', bomb))).toThrow()
  })

  it('reads JSON too', () => {
    const text = JSON.stringify({ postern: 1, service: { key: 'shop' } }, null, 2)
    const source = readSource(write('service.json', text))
    expect(() => checkSource(source)).not.toThrow()
    expect(source.document).toEqual({ postern: 1, service: { key: 'shop' } })
  })

  it('has a schema for editors, which knows each property and no other', () => {
    const schema = JSON.parse(readFileSync('schema/service.json', 'utf8'))
    const { service_settings: settings, client_settings: client } = schema.definitions
    expect(settings.properties.accessTokenDuration.description).toMatch(/token/)
    expect([settings, client].map((each) => each.additionalProperties)).toEqual([false, false])
    expect(settings.properties).not.toHaveProperty('hsks')
  })
})

const bombLine = (name: string) => {
  const before = String.fromCharCode(name.charCodeAt(0) - 1)
  return `${name}: &${name} [${Array(9).fill(`*${before}`).join(',')}]`
}

describe('extends', () => {
  it('merges files as JSON Merge Patches (RFC 7396), and null resets a setting', () => {
    write('base.yaml', `${begun}  serviceName: Base\n  pkceRequired: true\n  fapiModes: [A, B]\n`)
    const own = 'postern: 1\nextends: ./base.yaml\nservice:\n  key: own\n  pkceRequired: null\n'
    const { document } = readSource(write('own.yaml', `${own}  fapiModes: [C]\n`))
    expect(document).toEqual({
      postern: 1,
      extends: './base.yaml',
      service: { key: 'own', serviceName: 'Base', fapiModes: ['C'] },
    })
  })

  it('tells the file that has a mistake', () => {
    write('wrong-base.yaml', `${begun}  serviceNmae: Shop\n`)
    const path = write('fine.yaml', 'postern: 1\nextends: wrong-base.yaml\nservice: { key: a }\n')
    expect(() => checkSource(readSource(path))).toThrow(/wrong-base\.yaml:4: .*serviceName/)
  })

  it('refuses files that extend themselves', () => {
    write('one.yaml', 'postern: 1\nextends: two.yaml\n')
    const path = write('two.yaml', 'postern: 1\nextends: one.yaml\n')
    expect(() => readSource(path)).toThrow('extends itself')
  })
})

describe('references', () => {
  const items = (text: string) =>
    readSource(write('refs.yaml', `${begun}clients: { items: [{ key: web, ${text} }] }\n`))

  it('stand for environment variables and files, relative to the file that names them', () => {
    write('secret.txt', 'from-file\n')
    const source = items('clientSecret: { file: secret.txt }, jwks: { env: KEYS }')
    const { clients } = resolveReferences(source, { KEYS: '{"keys":[]}' }) as {
      clients: { items: unknown }
    }
    expect(clients.items).toEqual([{ key: 'web', clientSecret: 'from-file', jwks: '{"keys":[]}' }])
  })

  it('are refused with their line if they stand for nothing', () => {
    expect(() => resolveReferences(items('clientSecret: { env: NONE }'), {})).toThrow(
      /refs\.yaml:4: The environment variable NONE is not set/,
    )
    expect(() => resolveReferences(items('jwks: { file: none.json }'), {})).toThrow(
      /refs\.yaml:4: ENOENT/,
    )
  })

  it('are left alone where they ask Postern to keep or make a value', () => {
    const { clients } = resolveReferences(items('clientSecret: { generate: true }'), {}) as {
      clients: { items: unknown }
    }
    expect(clients.items).toEqual([{ key: 'web', clientSecret: { generate: true } }])
  })
})
