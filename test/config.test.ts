import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ConfigError, databaseFile, databaseLabel, readConfig } from '../src/process/config.ts'
import { configTable } from '../src/process/config-table.ts'

const key = 'nQ3vC0yJ4kq0H0jQe6oU2mWb8r1sT5xZ7aBcDeFgHiI'

function refusalOf(environment: Record<string, string>): string {
  try {
    readConfig(environment)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return error instanceof Error ? error.message : ''
  }
  throw new Error('It was accepted.')
}

describe('configuration', () => {
  it('has defaults without any environment variable', () => {
    const defaults = {
      host: '127.0.0.1',
      port: 7678,
      databaseUrl: 'file:./data/postern.db',
      databasePooler: 'none',
      databaseReplicaUrl: undefined,
      adminToken: undefined,
      masterKey: undefined,
      previousMasterKeys: [],
      metricsPort: undefined,
      drainSeconds: 3,
      logLevel: 'info',
      outboundAllow: [],
      dnsServers: [],
      maxInFlight: 128,
      allowInsecureTls: false,
      testServices: false,
      auditDays: 400,
      usageDays: 400,
      auditLog: false,
      console: true,
      consolePort: undefined,
      hsmConfig: undefined,
      isProduction: false,
      otherVariables: { HOME: '/home/x' },
    }
    expect(readConfig({ HOME: '/home/x', POSTERN_ELSEWHERE: 'x' })).toEqual(defaults)
    const empty = Object.fromEntries(configTable.map(({ name }) => [name, ' ']))
    expect(readConfig(empty)).toEqual({ ...defaults, otherVariables: {} })
  })

  it('reads every variable', () => {
    const environment = {
      POSTERN_HOST: '::',
      POSTERN_PORT: '0',
      POSTERN_DATABASE_URL: 'postgres://postern:hush@db.internal:5432/postern',
      POSTERN_DATABASE_POOLER: 'transaction',
      POSTERN_DATABASE_REPLICA_URL: 'postgres://reader:hush@db.internal:5433/postern',
      POSTERN_ADMIN_TOKEN: 'a'.repeat(20),
      POSTERN_MASTER_KEY: key,
      POSTERN_PREVIOUS_MASTER_KEYS: `${key}, ${'0123456789abcdef'.repeat(4)}`,
      POSTERN_METRICS_PORT: '9464',
      POSTERN_DRAIN_SECONDS: '0',
      POSTERN_LOG_LEVEL: 'silent',
      POSTERN_OUTBOUND_ALLOW: '10.0.0.0/8, ::1,idp.internal:8443,',
      POSTERN_DNS_SERVERS: '10.0.0.2, 127.0.0.1:5353,[fd00::2]:53',
      POSTERN_MAX_IN_FLIGHT: '1000',
      POSTERN_ALLOW_INSECURE_TLS: 'true',
      POSTERN_TEST_SERVICES: 'true',
      NODE_ENV: 'development',
      POSTERN_AUDIT_DAYS: '7',
      POSTERN_USAGE_DAYS: '31',
      POSTERN_AUDIT_LOG: 'true',
      POSTERN_HSM_CONFIG: '/etc/postern/hsm.json',
      POSTERN_CONSOLE: 'on',
      POSTERN_CONSOLE_PORT: '7680',
    }
    expect(readConfig(environment)).toEqual({
      host: '::',
      port: 0,
      databaseUrl: environment.POSTERN_DATABASE_URL,
      databasePooler: 'transaction',
      databaseReplicaUrl: environment.POSTERN_DATABASE_REPLICA_URL,
      adminToken: environment.POSTERN_ADMIN_TOKEN,
      masterKey: key,
      previousMasterKeys: [key, '0123456789abcdef'.repeat(4)],
      metricsPort: 9464,
      drainSeconds: 0,
      logLevel: 'silent',
      outboundAllow: ['10.0.0.0/8', '::1', 'idp.internal:8443'],
      dnsServers: ['10.0.0.2', '127.0.0.1:5353', '[fd00::2]:53'],
      maxInFlight: 1000,
      allowInsecureTls: true,
      testServices: true,
      auditDays: 7,
      usageDays: 31,
      auditLog: true,
      console: true,
      consolePort: 7680,
      hsmConfig: '/etc/postern/hsm.json',
      isProduction: false,
      otherVariables: { NODE_ENV: 'development' },
    })
  })

  it.each(['localhost', 'postern.internal', '0.0.0.0', '::1', '10.1.2.3'])(
    'listens on the host %s',
    (host) => expect(readConfig({ POSTERN_HOST: host }).host).toBe(host),
  )

  it.each([
    ['127.0.0.1', true],
    ['127.8.0.1', true],
    ['::1', true],
    ['localhost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['postern.internal', false],
  ])('listens on %s, where it serves the console: %s', (host, isOn) => {
    expect(readConfig({ POSTERN_HOST: host }).console).toBe(isOn)
    expect(readConfig({ POSTERN_HOST: host, POSTERN_CONSOLE: 'on' }).console).toBe(true)
    expect(readConfig({ POSTERN_HOST: host, POSTERN_CONSOLE: 'off' }).console).toBe(false)
  })

  it.each([
    'file:postern.db',
    'file:/var/lib/postern/postern.db',
    ':memory:',
    'postgres://db.internal/postern',
    'postgresql://postern@db.internal:5432/postern?sslmode=require',
  ])('stores in the database %s', (url) => {
    expect(readConfig({ POSTERN_DATABASE_URL: url }).databaseUrl).toBe(url)
  })

  it.each([
    ['POSTERN_HOST', 'http://localhost', 'an IP address or a host name'],
    ['POSTERN_HOST', 'localhost:80', 'an IP address or a host name'],
    ['POSTERN_PORT', '65536', 'from 0 to 65535'],
    ['POSTERN_PORT', '-1', 'from 0 to 65535'],
    ['POSTERN_PORT', '80a', 'from 0 to 65535'],
    ['POSTERN_PORT', 'tcp://10.0.0.1:7678', 'from 0 to 65535'],
    ['POSTERN_DATABASE_URL', 'file:', ':memory:'],
    ['POSTERN_DATABASE_URL', 'data/hush.db', ':memory:'],
    ['POSTERN_DATABASE_URL', 'mysql://postern:hush@db/postern', ':memory:'],
    ['POSTERN_DATABASE_URL', 'postgres://postern:hush@db', ':memory:'],
    ['POSTERN_DATABASE_URL', 'postgres://postern:hush@db:port/postern', ':memory:'],
    ['POSTERN_ADMIN_TOKEN', 'hush', 'at least 20'],
    ['POSTERN_ADMIN_TOKEN', `hush ${'x'.repeat(20)}`, 'without spaces'],
    ['POSTERN_MASTER_KEY', 'hush', '32 random bytes'],
    ['POSTERN_MASTER_KEY', '0'.repeat(64), 'random, but its bytes repeat'],
    ['POSTERN_MASTER_KEY', 'a'.repeat(64), 'random, but its bytes repeat'],
    ['POSTERN_PREVIOUS_MASTER_KEYS', `${key},hush`, 'comma-separated list of master keys'],
    ['POSTERN_METRICS_PORT', '7678', 'not POSTERN_PORT'],
    ['POSTERN_METRICS_PORT', '65536', 'from 0 to 65535'],
    ['POSTERN_CONSOLE', 'true', 'on or off'],
    ['POSTERN_CONSOLE_PORT', '7678', 'no other listener'],
    ['POSTERN_CONSOLE_PORT', '70000', 'from 0 to 65535'],
    ['POSTERN_DRAIN_SECONDS', '601', 'from 0 to 600'],
    ['POSTERN_DRAIN_SECONDS', '1.5', 'from 0 to 600'],
    ['POSTERN_LOG_LEVEL', 'verbose', 'fatal, error, warn, info, debug, trace, silent'],
    ['POSTERN_OUTBOUND_ALLOW', '10.0.0.0/8;127.0.0.1', 'comma-separated'],
    ['POSTERN_OUTBOUND_ALLOW', 'localhost', 'comma-separated'],
    ['POSTERN_DNS_SERVERS', 'dns.example.com:53', 'addresses of name servers'],
    ['POSTERN_DNS_SERVERS', '10.0.0.2:0', 'addresses of name servers'],
    ['POSTERN_MAX_IN_FLIGHT', '0', 'a number from 1'],
    ['POSTERN_ALLOW_INSECURE_TLS', 'yes', 'true or false'],
    ['POSTERN_TEST_SERVICES', 'yes', 'true or false'],
  ])('rejects %s=%s in one line', (name, value, expectation) => {
    const message = refusalOf({ [name]: value })
    expect(message).toMatch(new RegExp(`^${name} is not valid`))
    expect(message).toContain(expectation)
    expect(message).not.toMatch(/\n|hush|000000/)
  })
})

describe('secret variable', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postern-secrets-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  function fileOf(text: string): string {
    const file = join(folder, 'secret')
    writeFileSync(file, text)
    return file
  }

  const url = 'postgres://postern:hush@db.internal/postern'
  const values = {
    POSTERN_DATABASE_URL: [url, { databaseUrl: url }],
    POSTERN_DATABASE_REPLICA_URL: [url, { databaseReplicaUrl: url }],
    POSTERN_ADMIN_TOKEN: ['a'.repeat(20), { adminToken: 'a'.repeat(20) }],
    POSTERN_MASTER_KEY: [key, { masterKey: key }],
    POSTERN_PREVIOUS_MASTER_KEYS: [`${key},${key}`, { previousMasterKeys: [key, key] }],
  } as const
  /** A replica is of a database that can have one. */
  const besides = (name: string) =>
    name === 'POSTERN_DATABASE_REPLICA_URL' ? { POSTERN_DATABASE_URL: url } : {}
  const names = configTable.filter(({ isSecret }) => isSecret).map(({ name }) => name)

  it('has a value in this test', () => expect(Object.keys(values)).toEqual(names))

  it.each(Object.entries(values))(
    '%s is read from the file of its twin',
    (name, [text, config]) => {
      expect(readConfig({ ...besides(name), [`${name}_FILE`]: fileOf(`${text}\n`) })).toMatchObject(
        config,
      )
      expect(readConfig({ ...besides(name), [`${name}_FILE`]: ' ', [name]: text })).toMatchObject(
        config,
      )
    },
  )

  it.each(names)('%s is refused beside its twin', (name) => {
    const [value] = values[name as keyof typeof values]
    expect(refusalOf({ [name]: value, [`${name}_FILE`]: fileOf(value) })).toBe(
      `${name} and ${name}_FILE are both set: set one of them.`,
    )
  })

  it.each(names)('%s is refused if its file is missing, empty, a folder or invalid', (name) => {
    const twin = `${name}_FILE`
    const missing = join(folder, 'missing')
    const whole = (reason: string, path: string) =>
      `${twin} names a file that ${reason}: "${path}".`
    expect(refusalOf({ [twin]: missing })).toBe(whole('cannot be read (ENOENT)', missing))
    expect(refusalOf({ [twin]: folder })).toBe(whole('cannot be read (EISDIR)', folder))
    expect(refusalOf({ [twin]: fileOf(' \n') })).toBe(whole('is empty', fileOf(' \n')))
    const message = refusalOf({ [twin]: fileOf('hush') })
    expect(message).toMatch(new RegExp(`^${twin} is not valid: it must be `))
    expect(message).not.toContain('hush')
  })

  it('names a replica only of a database that can have one', () => {
    const expectation = 'it must be the URL of a replica of the PostgreSQL database'
    for (const other of ['file:postern.db', ':memory:']) {
      const variables = { POSTERN_DATABASE_URL: other, POSTERN_DATABASE_REPLICA_URL: url }
      expect(refusalOf(variables)).toContain(expectation)
    }
  })

  it('is the only kind that has a twin', () => {
    expect(readConfig({ POSTERN_PORT_FILE: '/missing' }).port).toBe(7678)
  })
})

describe('POSTERN_ALLOW_INSECURE_TLS', () => {
  it('is refused in production, unless it is false', () => {
    const production = { NODE_ENV: 'production' }
    expect(refusalOf({ ...production, POSTERN_ALLOW_INSECURE_TLS: 'true' })).toBe(
      'POSTERN_ALLOW_INSECURE_TLS is not valid ("true"): it must be true or false, and not true ' +
        'where NODE_ENV is production.',
    )
    const off = readConfig({ ...production, POSTERN_ALLOW_INSECURE_TLS: 'false' })
    expect(off.allowInsecureTls).toBe(false)
  })
})

describe('database URL', () => {
  it.each([
    ['file:./data/postern.db', './data/postern.db'],
    ['file:/data/postern.db', '/data/postern.db'],
    ['file:///data/postern.db', '/data/postern.db'],
    [':memory:', undefined],
    ['postgres://db/postern', undefined],
  ])('%s has the file %s', (url, file) => expect(databaseFile(url)).toBe(file))

  it('is printed without its password', () => {
    expect(databaseLabel('postgres://postern:hush@db:5433/postern?password=hush')).toBe(
      'postgres://postern@db:5433/postern',
    )
    expect(databaseLabel(':memory:')).toBe(':memory:')
  })
})

describe('table of variables', () => {
  it('contains each variable that is read, with its default', () => {
    const shown = Object.fromEntries(configTable.map((row) => [row.name, row.default]))
    const { host, port, databaseUrl, drainSeconds, logLevel, maxInFlight } = readConfig({})
    expect(shown).toMatchObject({
      POSTERN_HOST: host,
      POSTERN_PORT: String(port),
      POSTERN_DATABASE_URL: databaseUrl,
      POSTERN_DRAIN_SECONDS: String(drainSeconds),
      POSTERN_LOG_LEVEL: logLevel,
      POSTERN_MAX_IN_FLIGHT: String(maxInFlight),
    })
    expect(configTable).toHaveLength(22)
    for (const { meaning } of configTable) expect(meaning).toMatch(/^[^|\n]+\.$/)
  })
})
