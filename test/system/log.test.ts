import { describe, expect, it } from 'vitest'
import { createLog, logLevels } from '../../src/system/log.ts'
import { testClock, testLog } from '../support/system.ts'

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ'

function written(fields: Record<string, unknown>, message = 'a message') {
  const log = testLog(testClock())
  log.info(fields, message)
  const [entry] = log.entries
  return entry ?? {}
}

describe('log', () => {
  it('writes one JSON object per line, with level name and time of the clock', () => {
    const lines: string[] = []
    const destination = { write: (line: string) => lines.push(line) }
    createLog({ level: 'info', clock: testClock(0) }, destination).warn({ detail: 'a\nb' }, 'hm')
    expect(lines).toEqual([
      '{"level":"warn","time":"1970-01-01T00:00:00.000Z","detail":"a\\nb","message":"hm"}\n',
    ])
  })

  it.each<Record<string, unknown>>([
    {},
    { requestId: 'a-1', operation: 'authTokenApi', service: '12', status: 200, milliseconds: 0.25 },
    { action: undefined, resultCode: 'P000001', detail: '"quoted" \\ \u2028 \ud800 \0 \n é' },
    { url: 'https://a:secret@b.example/?code=abc', detail: `Bearer ${jwt}` },
    { count: Number.NaN, milliseconds: -1e-9 },
    { ['__proto__']: 'x', hush: 'hush', ignored: ['a'], error: new TypeError('no') },
  ])('writes a request entry like any other entry: %j', (fields) => {
    const lines: string[] = []
    const destination = { write: (line: string) => lines.push(line) }
    const log = createLog({ level: 'info', clock: testClock(0) }, destination)
    log.info(fields, 'served')
    log.warn(fields, 'served')
    const [info, warning] = lines
    expect(info?.replace('"info"', '"warn"')).toBe(warning)
  })

  it('writes entries of its level and above only', () => {
    const counts = logLevels.map((level) => {
      let count = 0
      const log = createLog({ level, clock: testClock() }, { write: () => (count += 1) })
      for (const name of logLevels) if (name !== 'silent') log[name]({}, 'an entry')
      return count
    })
    expect(counts).toEqual([1, 2, 3, 4, 5, 6, 0])
  })

  it.each([
    'authorization',
    'Proxy-Authorization',
    'Set-Cookie',
    'DPoP',
    'client_secret',
    'clientSecret',
    'password',
    'access_token',
    'refreshToken',
    'adminToken',
    'ticket',
    'code',
    'code_verifier',
    'client_assertion',
    'POSTERN_MASTER_KEY',
    'masterKey',
    'parameters',
    'responseContent',
    'd',
    'subject',
    'userCode',
    'a_field_that_nobody_listed',
  ])('redacts the field %s at any depth', (name) => {
    const field = name.replace(/^POSTERN_/, '')
    const error = [{ cause: { [field]: { hush: 'hush' } } }]
    for (const value of ['hush', 12_345_678, true]) {
      const entry = written({ [field]: value, error })
      expect(JSON.stringify(entry)).not.toMatch(/"hush"|12345678/)
      expect(entry[field]).toBe('[removed]')
    }
  })

  it('keeps fields that are not secret', () => {
    const fields = {
      requestId: 'x'.repeat(43),
      serviceId: 3,
      status: 200,
      resultCode: 'P031204',
      detail: 'The Basic authentication failed; a DPoP proof with a Bearer token.',
      url: 'https://client.example:8443/jwks?kid=1',
      action: null,
    }
    expect(written(fields)).toMatchObject(fields)
  })

  it('redacts secrets by their form in any text, also in messages', () => {
    const text = [
      'Authorization: Bearer abcDEF0123456789abcDEF',
      'Authorization: Basic YWxpY2U6c2VjcmV0',
      'DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU',
      jwt,
      'postgres://postern:hush-hush@db.example/postern',
      'https://client.example/cb?state=1&code=hush-hush&access_token=hush-hush',
    ].join(' | ')
    const entry = written({ detail: text, error: [{ reason: text }] }, text)
    expect(JSON.stringify(entry)).not.toMatch(/abcDEF|YWxp|Kz~8|eyJ|hush/)
    expect(entry['message']).toContain('state=1')
    expect(entry['message']).toContain('postgres://postern:[removed]@db.example/postern')
  })

  it('describes an error and its causes without the values of a statement', () => {
    const cause = Object.assign(new Error('connection refused'), {
      code: 'ECONNREFUSED',
      client_secret: 'hush',
    })
    const error = new Error(`Failed query: select 1\nparams: hush,${jwt}`, { cause })
    const entry = written({ error })
    expect(entry['error']).toMatchObject({
      type: 'Error',
      message: 'Failed query: select 1',
      cause: { type: 'Error', message: 'connection refused', errorCode: 'ECONNREFUSED' },
    })
    expect(JSON.stringify(entry)).toContain('log.test.ts')
    expect(JSON.stringify(entry)).not.toMatch(/hush|eyJ/)
    expect(written({ err: error })['err']).toEqual(entry['error'])
  })

  it('redacts a secret with a line break as a whole', () => {
    const long = 'abcDEF0123456789'
    const text = [
      `Authorization: Bearer ${long}\nhushHUSH0123456789`,
      `Basic ${long}\r\nhushHUSH0123456789`,
      `${jwt}\nhush-hush-hush`,
      'https://client.example/cb?client_secret=a\nhush&code=b\thush"hush',
    ].join(' | ')
    const entry = written({ detail: text }, text)
    expect(JSON.stringify(entry)).not.toMatch(/hush|abcDEF/)
  })

  it('redacts the values of a statement, also with line breaks', () => {
    const values = `hush,\n    at hush (hush)\n${'hush\n'.repeat(3)}\nparams: hush`
    const error = new Error(`Failed query: select 1\nparams: ${values}`, {
      cause: new Error(`Failed query: select 2\nparams: ${values}`),
    })
    const entry = written({ error })
    expect(JSON.stringify(entry)).not.toContain('hush')
    expect(entry['error']).toMatchObject({ message: 'Failed query: select 1' })
    expect(JSON.stringify(entry)).toContain('log.test.ts')
  })

  it('cuts off circular values, and does not write bytes', () => {
    const circle: Record<string, unknown> = {}
    circle['cause'] = circle
    expect(JSON.stringify(written({ error: circle }))).toContain('[deeper]')
    expect(written({ detail: Buffer.from('hush') })['detail']).toBe('[4 bytes]')
  })
})
