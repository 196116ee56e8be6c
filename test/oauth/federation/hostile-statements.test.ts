/** Entity statements and chains that try to mislead their reader, OpenID Federation §3.1.3. */
import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import type { JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { keySetFrom } from '../../../src/jose/key-set.ts'
import { isEntityId } from '../../../src/oauth/federation/entity-id.ts'
import { isSignedBy, readStatement } from '../../../src/oauth/federation/entity-statement.ts'
import { resolvedByType, validateChain } from '../../../src/oauth/federation/trust-chain.ts'
import { type Entity, entity, federationOf } from '../../support/federation.ts'
import { publicKey } from '../../support/keys.ts'
import { computed } from '../../support/pace.ts'
import { testSystem } from '../../support/system.ts'

const system = testSystem()
const { configuration, about } = federationOf(system)

type Json = Record<string, unknown>

let anchor: Entity
let party: Entity
beforeAll(async () => {
  anchor = await entity('https://anchor.example')
  party = await entity('https://rp.example', { superiors: [anchor] })
})

const part = (text: string) => Buffer.from(text).toString('base64url')

/** A statement with a payload as text, and without a valid signature. */
const unsigned = (payload: string, header: Json = {}) =>
  [
    part(JSON.stringify({ alg: 'ES256', typ: 'entity-statement+jwt', kid: 'a', ...header })),
    part(payload),
    'AAAA',
  ].join('.')

/** The claims of a configuration as JSON, with one member as it is. */
function payload(name: string, json: string): string {
  const now = Math.floor(system.clock() / 1_000)
  const claims: Json = {
    ...{ iss: party.id, sub: party.id, iat: now, exp: now + 60 },
    jwks: { keys: [publicKey(party.key)] },
    authority_hints: [anchor.id],
  }
  delete claims[name]
  return `${JSON.stringify(claims).slice(0, -1)},${JSON.stringify(name)}:${json}}`
}

const codeOf = (read: () => unknown) => {
  try {
    read()
    return 'read'
  } catch (error) {
    return (error as { rule?: { code: string } }).rule?.code
  }
}

const codeWith = (name: string, json: string) =>
  codeOf(() => readStatement(unsigned(payload(name, json))))

const validate = (texts: string[]) =>
  validateChain(
    texts.map((text) => readStatement(text)),
    {
      anchors: [{ entityId: anchor.id, keys: keySetFrom([publicKey(anchor.key)]) }],
      now: system.clock(),
      skew: 0,
      isSignedBy,
    },
  )

const outcome = (texts: string[]) =>
  (async () => validate(texts))().then(
    () => 'valid',
    (error) => error.rule?.code,
  )

/** The outcome of a chain of two statements, the second with more claims. */
async function below(id: string, claims: Json): Promise<string> {
  const of = await entity(id, { superiors: [anchor], statements: { [anchor.id]: claims } })
  return outcome([await configuration(of), await about(anchor, of)])
}

describe('times of an entity statement', () => {
  it.each([
    ['iat', '1e400'],
    ['iat', '-1e400'],
    ['iat', '-1'],
    ['iat', '"1"'],
    ['iat', 'null'],
    ['exp', '1e400'],
    ['exp', '8640000000001'],
    ['exp', 'true'],
    ['exp', '[4000000000]'],
  ])('are refused with %s %s', (name, json) => {
    expect(codeWith(name, json)).toBe('P135008')
  })

  it('may have fractions of seconds, of which whole milliseconds are kept', () => {
    const now = Math.floor(system.clock() / 1_000)
    const { expiresAt } = readStatement(unsigned(payload('exp', `${now + 60}.12345`)))
    expect(expiresAt).toBe((now + 60) * 1_000 + 123)
  })
})

describe('names of prototypes', () => {
  const inherited = '{"token_endpoint_auth_method":"none"}'

  it.each([
    ['metadata', `{"openid_relying_party":{"__proto__":${inherited}}}`],
    ['metadata', `{"__proto__":{"a":1}}`],
    ['metadata', `{"openid_relying_party":{"\\u005f_proto__":${inherited}}}`],
    ['trust_mark_issuers', '{"__proto__":[]}'],
  ])('are refused in the claim %s: %s', (name, json) => {
    expect(codeWith(name, json)).toBe('P135010')
  })

  it('are refused in policies', () => {
    const policy = '{"openid_relying_party":{"__proto__":{"value":[]}}}'
    const text = payload('metadata_policy', policy)
      .replace('"iss":"https://rp.example"', '"iss":"https://anchor.example"')
      .replace(/"authority_hints":\[[^\]]*\],/, '')
    expect(codeOf(() => readStatement(unsigned(text)))).toBe('P135010')
    const harmless = text.replace('__proto__', 'client_name')
    expect(codeOf(() => readStatement(unsigned(harmless)))).toBe('read')
  })

  it('are ordinary members otherwise, and give nothing to other objects', async () => {
    const metadata = { openid_relying_party: { constructor: 'a', toString: 'b' } }
    const of = await entity(party.id, { superiors: [anchor], metadata })
    const policy = { openid_relying_party: { constructor: { one_of: ['a'] }, hasOwnProperty: {} } }
    const stated = await about(anchor, {
      ...of,
      statements: { [anchor.id]: { metadata_policy: policy } },
    })
    const valid = await validate([await configuration(of), stated])
    expect(resolvedByType(valid).get('openid_relying_party')).toEqual({
      constructor: 'a',
      toString: 'b',
    })
    expect(resolvedByType(valid, ['constructor', '__proto__']).size).toBe(0)
  })

  it('do not stand in for claims that are absent', () => {
    expect(codeWith('__proto__', '{"metadata_policy":{}}')).toBe('read')
    expect(codeWith('toString', '1')).toBe('read')
  })
})

describe('keys of an entity statement', () => {
  const rsa = (bits: number): JWK => ({
    ...generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' }),
    kid: 'rsa',
  })

  it('are refused if zeros make a short RSA key look long (RFC 7518 §3.3)', () => {
    const short = rsa(1_024)
    const padded = Buffer.concat([Buffer.alloc(200), Buffer.from(short.n ?? '', 'base64url')])
    const keys = (key: JWK) => codeWith('jwks', JSON.stringify({ keys: [key] }))
    expect(keys({ ...short, n: padded.toString('base64url') })).toBe('P135009')
    expect(keys({ ...short, n: part('\0'.repeat(300)) })).toBe('P135009')
    expect(keys(rsa(2_048))).toBe('read')
  })
})

describe('claims of an entity statement', () => {
  it.each([
    ['a trust mark of another type', '[{"trust_mark_type":"a","trust_mark":"MARK"}]', 'P135010'],
    ['a trust mark of its type', '[{"trust_mark_type":"b","trust_mark":"MARK"}]', 'read'],
    ['a trust mark that is no JWT', '[{"trust_mark_type":"b","trust_mark":"x"}]', 'P135010'],
  ])('on %s: %3$s', (_what, json, code) => {
    const mark = unsigned('{"trust_mark_type":"b"}', { typ: 'trust-mark+jwt' })
    expect(codeWith('trust_marks', json.replace('MARK', mark))).toBe(code)
  })

  it('are refused if the owner of trust marks has no key set', () => {
    const owner = (jwks: string) =>
      codeWith('trust_mark_owners', `{"a":{"sub":"https://owner.example","jwks":${jwks}}}`)
    expect(owner('{}')).toBe('P135010')
    expect(owner('{"keys":[]}')).toBe('read')
  })

  it.each(['trust_chain', 'peer_trust_chain'])(
    'are refused with the header parameter %s, except in a registration',
    (name) => {
      const text = unsigned(payload('metadata', '{}'), { [name]: [] })
      expect(codeOf(() => readStatement(text))).toBe('P135010')
      expect(codeOf(() => readStatement(text, true))).toBe('read')
    },
  )

  it('are refused or read in bounded time, whatever they are', () => {
    const hosts = fc.constantFrom(
      'ü.example',
      'a.example.',
      '.',
      '',
      '*',
      'https://a',
      'x'.repeat(300),
    )
    const value = fc.oneof(fc.jsonValue({ maxDepth: 6 }), hosts, fc.array(hosts))
    const names = fc.constantFrom(
      ...['iss', 'sub', 'iat', 'exp', 'jwks', 'metadata', 'crit', 'authority_hints', 'constraints'],
      ...['metadata_policy', 'trust_marks', 'trust_mark_issuers', 'trust_mark_owners', 'aud'],
    )
    fc.assert(
      fc.property(names, value, (name, json) => {
        expect(codeWith(name, JSON.stringify(json))).toMatch(/^(read|P1350\d\d)$/)
      }),
      { numRuns: 500 },
    )
  })

  it('may be as large as a statement, and are read at once', async () => {
    const wide = (member: string, times: number) => Array(times).fill(member).join(',')
    const types = Array.from({ length: 3_000 }, (_, at) => `"${at.toString(36)}":{}`).join(',')
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
    const claims: [string, string][] = [
      ['metadata', `{${types}}`],
      ['metadata', `{"a":{"b":${deep}}}`],
      ['authority_hints', `[${wide('"https://a.example"', 1_200)}]`],
      ['constraints', `{"naming_constraints":{"excluded":[${wide('"ü"', 1_000)}]}}`],
    ]
    for (const [name, json] of claims) {
      const read = () => expect(codeWith(name, json)).toMatch(/^P1350\d\d$/)
      expect(await computed(read, 100)).toBeLessThan(100)
    }
  })
})

describe('loops of a trust chain', () => {
  it('are refused if an entity occurs twice', async () => {
    const own = { ...party, superiors: [anchor] }
    const middle = await entity('https://middle.example', { superiors: [anchor] })
    const texts = [
      await configuration(own),
      await about(anchor, party),
      await about(middle, anchor),
      await about(anchor, middle),
    ]
    expect(await outcome(texts)).toBe('P135103')
  })

  it('are refused if the anchor is its own superior', async () => {
    const own = await configuration({ ...anchor, superiors: [anchor] })
    expect(await outcome([own, own])).toBe('P135103')
  })
})

describe('naming constraints', () => {
  const named = (id: string, names: Json) =>
    below(id, { constraints: { naming_constraints: names } })

  it.each<[string, Json, string]>([
    ['https://rp.example.', { excluded: ['rp.example'] }, 'P135107'],
    ['https://rp.example.', { excluded: ['.example'] }, 'P135107'],
    ['https://rp.example', { excluded: ['rp.example.'] }, 'P135107'],
    ['https://rp.example.', { permitted: ['rp.example'] }, 'valid'],
    ['https://192.0.2.1', { excluded: ['.example'] }, 'P135107'],
    ['https://192.0.2.1', { permitted: ['192.0.2.1'] }, 'P135107'],
    ['https://[2001:db8::1]', { excluded: ['.example'] }, 'P135107'],
    ['https://xn--bcher-kva.example', { excluded: ['bücher.example'] }, 'P135107'],
    ['https://xn--bcher-kva.example', { permitted: ['.BÜCHER.example', '.example'] }, 'valid'],
    ['https://rp.example:8443/a', { permitted: ['rp.example'] }, 'valid'],
    ['https://rp.example', { permitted: ['example'] }, 'P135107'],
    ['https://badexample', { permitted: ['.example'] }, 'P135107'],
    ['https://rp.example', { permitted: [] }, 'P135107'],
    ['https://rp.example', { excluded: ['*.example'] }, 'P135010'],
    ['https://rp.example', { excluded: ['https://rp.example'] }, 'P135010'],
    ['https://rp.example', { excluded: ['rp.example/a'] }, 'P135010'],
    ['https://rp.example', { excluded: ['.'] }, 'P135010'],
    ['https://rp.example', { excluded: ['rp..example'] }, 'P135010'],
    ['https://rp.example', { excluded: ['rp.example', 1] }, 'P135010'],
  ])('on %s with %j: %s (OpenID Federation §6.2.2)', async (id, names, expected) => {
    expect(await named(id, names)).toBe(expected)
  })
})

describe('entity identifiers', () => {
  it.each([
    'https://bücher.example',
    'https://rp.example/ü',
    'https://ｒｐ.example',
    'https://rp。example',
    'https://rp.example/\u202e',
    'https://xn--.example',
    'https://0x7f.1/',
    'https://rp.example\n',
    'https://rp.example/%0a',
    'https://rp.example/;a',
    'https://rp.example:0443/',
    'https://[::ffff:10.0.0.1]',
    'HTTPS://rp.example',
  ])('are refused that parsers read in different ways: %s', (text) => {
    expect(isEntityId(text)).toBe(false)
  })

  it('have no second spelling that is accepted, too', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: false }), fc.nat(), (url, at) => {
        fc.pre(isEntityId(url))
        const index = 'https://'.length + (at % (url.length - 8))
        const changed = `${url.slice(0, index)}${url.charAt(index).toUpperCase()}${url.slice(index + 1)}`
        const isSame = new URL(changed).href === new URL(url).href
        expect(changed !== url && isSame && isEntityId(changed)).toBe(false)
      }),
    )
  })
})
