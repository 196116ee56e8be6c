/** What rules tell about themselves: a fix, and the settings that decide. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import '../../../src/process/app.ts'
import { Client } from '../../../src/model/client/client.ts'
import { Service } from '../../../src/model/service/service.ts'
import { declaredAttributes } from '../../../src/oauth/attribute.ts'
import { catalogue, type Rule } from '../../../src/refusal.ts'

const rules = [...catalogue.values()].flatMap((entry) =>
  'error' in entry ? [entry as typeof entry & Rule] : [],
)

/** Whether it is a property of a service or client, or a declared attribute. */
function isSetting(path: string): boolean {
  const [owner = '', ...rest] = path.split('.')
  const name = rest.join('.')
  if (name.startsWith('ext.')) return declaredAttributes().some((each) => each.name === name)
  const shapes: Record<string, object> = { service: Service.shape, client: Client.shape }
  return Object.hasOwn(shapes[owner] ?? {}, rest[0] ?? '')
}

describe('rules', () => {
  it('have a fix each, a sentence of at most 200 characters', () => {
    const broken = rules.filter(({ fix }) => !/^[A-Z].{10,199}\.$/.test(fix))
    expect(broken.map(({ code }) => code)).toEqual([])
  })

  it('name settings that exist', () => {
    const unknown = rules.flatMap(({ code, settings = [] }) =>
      settings.filter((path) => !isSetting(path)).map((path) => `${code}: ${path}`),
    )
    expect(unknown).toEqual([])
  })
})

describe('evidence', () => {
  it('names settings that exist', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join('src', file))
    const unknown = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\bsetting: '([^']+)'/g)]
        .map(([, path = '']) => path)
        .filter((path) => !isSetting(path))
        .map((path) => `${file}: ${path}`),
    )
    expect(unknown).toEqual([])
  })
})
