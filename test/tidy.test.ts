/** The rules of the house that no other tool checks. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isKnown, specifications } from './support/specifications.ts'

const filesIn = (folder: string, ending = /\.ts$/): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => ending.test(file))
    .sort()

const sources = filesIn('src').map((file) => ({ file, text: readFileSync(file, 'utf8') }))
/** The pages for people, which are built apart. */
const pages = filesIn('console', /\.tsx?$/).map((file) => ({
  file,
  text: readFileSync(file, 'utf8'),
}))
/** The package `postern-client`, without what is generated. */
const client = filesIn('client/src')
  .filter((file) => !file.includes('/generated/'))
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
const everything = [...filesIn('test'), ...filesIn('examples')]
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
  .concat(sources)

/** Files that break a rule, each with what breaks it. */
const offenders = (among: typeof sources, broken: (text: string, file: string) => string[]) =>
  among.flatMap(({ file, text }) => broken(text, file).map((what) => `${file}: ${what}`))

const floor = [
  'context.ts',
  'caller.ts',
  'refusal.ts',
  'signal.ts',
  'explain',
  'audit',
  'deliveries',
  'events',
  'model',
  'system',
  'store',
  'jose',
  'oauth',
]

/** The rooms that a room may import; what it may not import closes the circle. */
const rooms: Record<string, string[]> = {
  'main.ts': ['cli'],
  cli: ['dev', 'process', 'doctor', 'store', 'system', 'remote', 'migration', 'refusal.ts'],
  doctor: ['grants', ...floor],
  remote: ['model'],
  migration: ['oauth', 'model', 'remote'],
  dev: ['embedded', 'process', 'remote'],
  'index.ts': ['embedded'],
  embedded: ['process', 'store', 'system', 'refusal.ts'],
  testing: ['embedded'],
  process: ['api', 'http', 'sessions', 'streams', 'services', 'doctor', ...floor],
  api: [
    ...['requests', 'grants', 'sessions', 'streams', 'credentials', 'tokens', 'clients'],
    ...['services', 'http'],
    ...floor,
  ],
  requests: ['tokens', 'clients', 'services', ...floor],
  grants: ['tokens', 'clients', ...floor],
  sessions: ['tokens', 'clients', ...floor],
  streams: ['tokens', 'clients', ...floor],
  credentials: ['tokens', 'clients', ...floor],
  tokens: ['clients', ...floor],
  clients: ['services', 'x509', ...floor],
  services: floor,
  http: floor,
  'context.ts': ['caller.ts', 'jose', 'model', 'store', 'system'],
  'caller.ts': ['model', 'store', 'refusal.ts'],
  audit: ['context.ts', 'caller.ts', 'events', 'model', 'store', 'system', 'signal.ts'],
  deliveries: ['store', 'system'],
  events: ['model', 'store', 'system'],
  oauth: ['x509', 'jose', 'model', 'refusal.ts', 'explain'],
  jose: ['model', 'system', 'refusal.ts', 'signal.ts'],
  x509: [],
  store: ['model', 'system', 'signal.ts'],
  model: [],
  system: [],
  'refusal.ts': ['explain'],
  'signal.ts': [],
  explain: [],
}
const packages: Record<string, RegExp> = {
  'drizzle-orm': /^src\/store\//,
  hono: /^src\/http\//,
  '@hono': /^src\/(http\/|process\/start\.ts|embedded\/postern\.ts|dev\/start\.ts)/,
  // The compiled example frontend.
  '#frontend': /^src\/dev\//,
  pg: /^src\/store\//,
  'better-sqlite3': /^src\/store\//,
  undici: /^src\/system\//,
  'prom-client': /^src\/process\/metrics\//,
  '@opentelemetry': /^src\/process\/tracing\//,
  commander: /^src\/cli\//,
  yaml: /^src\/(remote|migration)\//,
  oauth4webapi: /^src\/remote\//,
  // They read what the engine issues, in tests.
  '@sd-jwt': /^$/,
  '@owf': /^$/,
  pino: /^src\/system\//,
}

const importsOf = (text: string): string[] =>
  [...text.matchAll(/^(?:import|export)[^;'"]*? from '([^']+)'/gms)].map(([, path = '']) => path)

describe('rooms of src', () => {
  it('import only the rooms that they may import', () => {
    const broken = (text: string, file: string) => {
      const room = file.split('/')[1] ?? ''
      const known = importsOf(text)
        .filter((path) => path.startsWith('.'))
        .map((path) => join(dirname(file), path).split('/')[1] ?? '')
      return known.filter((other) => other !== room && !rooms[room]?.includes(other))
    }
    expect(offenders(sources, broken)).toEqual([])
  })

  it('have operations that import no other operation', () => {
    const broken = (text: string, file: string) =>
      importsOf(text)
        .filter((path) => path.startsWith('.'))
        .map((path) => join(dirname(file), path))
        .filter((path) => path.startsWith('src/api/') && !/(fields|schemas)\.ts$/.test(path))
    const operations = sources.filter(({ file }) => /^src\/api\/.*\//.test(file))
    expect(offenders(operations, broken)).toEqual([])
  })

  it('compose signed content in oauth, and sign elsewhere', () => {
    const broken = (text: string, file: string) =>
      /^src\/oauth\//.test(file)
        ? [...text.matchAll(/^import \{[^}]*\} from '[^']*jose\/(?:sign|local-keys)\.ts'/gm)].map(
            ([line]) => line,
          )
        : []
    expect(offenders(sources, broken)).toEqual([])
  })

  it('have no import cycles, including imports of types', () => {
    const known = new Map(
      sources.map(({ file, text }) => [
        file,
        importsOf(text)
          .filter((path) => path.startsWith('.'))
          .map((path) => join(dirname(file), path)),
      ]),
    )
    const finished = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, trail: string[]) => {
      if (trail.includes(file))
        circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '))
      if (finished.has(file) || trail.includes(file)) return
      for (const next of known.get(file) ?? []) visit(next, [...trail, file])
      finished.add(file)
    }
    for (const file of known.keys()) visit(file, [])
    expect(circles).toEqual([])
  })

  it('have folders of at most 20 files', () => {
    const counts = new Map<string, number>()
    for (const { file } of [...sources, ...pages, ...client]) {
      counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1)
    }
    expect([...counts].filter(([, count]) => count > 20)).toEqual([])
  })

  it('have tests in folders of at most 20 files, named by specification', () => {
    const tests = filesIn('test').filter((file) => file.endsWith('.test.ts'))
    const folders = new Map<string, string[]>()
    for (const file of tests) {
      folders.set(dirname(file), [...(folders.get(dirname(file)) ?? []), file])
    }
    expect([...folders].filter(([, files]) => files.length > 20)).toEqual([])
    const specification =
      /\/(rfc\d{4}|oidc-core|oidc-native-sso|openid-connect|openid-federation|openid-ssf|fapi[12]|ciba|jarm|grant-management|identity-assurance|client-attestation|client-id-metadata|spiffe|openid4vci|haip|userinfo-vc|sd-jwt-vc|token-status-list|iso18013)\b[^/]*$/
    const specs = tests.filter((file) => file.startsWith('test/spec/'))
    expect(specs.filter((file) => !specification.test(file))).toEqual([])
    expect(specs.filter((file) => !/^test\/spec\/[a-z-]+\/[^/]+$/.test(file))).toEqual([])
  })

  it('import packages only in the rooms of the packages', () => {
    const broken = (text: string, file: string) =>
      importsOf(text).filter((path) => {
        const allowed = packages[path.split('/')[0] ?? '']
        return allowed !== undefined && !allowed.test(file)
      })
    expect(offenders(sources, broken)).toEqual([])
  })
})

describe('source files', () => {
  it('have at most 300 lines of at most 100 columns', () => {
    const broken = (text: string) => {
      const lines = text.trimEnd().split('\n')
      // A text that stands alone on its line may be longer: breaking it helps nobody.
      const isText = (line: string) => /^\s*(\w+: )?(['"`]).*\2( \+|,)?$/.test(line)
      // One line for each screen, so that branches merge.
      const isScreen = (line: string) => /^ {2}\{ path: .* load: /.test(line)
      const long = lines.filter(
        (line) => [...line].length > 100 && !isText(line) && !isScreen(line),
      )
      return lines.length > 300 ? [`${lines.length} lines`, ...long] : long
    }
    expect(offenders([...sources, ...pages, ...client], broken)).toEqual([])
  })

  it('have no archives beside the folders', () => {
    const archives = readdirSync('.').filter((name) => /\.(?:whl|tgz|gz|zip|jar)$/.test(name))
    expect(archives).toEqual([])
  })

  it('have no names of drawers, such as utils', () => {
    const names = [...everything, ...pages, ...client].map(({ file }) => file)
    expect(names.filter((file) => /(util|helper|common|shared|manager)/i.test(file))).toEqual([])
  })

  it('contain no TODO, and use the outside world through their room only', () => {
    const banned: [RegExp, RegExp][] = [
      [/FIXME|TODO|XXX/, /^$/],
      [/(?<!['.\w])console\.\w/, /^$/],
      [/Date\.now\(|new Date\(\)/, /^src\/system\//],
      [/Math\.random\(/, /^$/],
      [/process\.env/, /^src\/(process\/config|cli\/remote\/options)\.ts/],
      [/as unknown as|: any\b|<any>/, /^src\/store\//],
      // Members are listed one by one: a spread of a literal only hides how many there are.
      [/\.\.\.\{/, /^$/],
      // Node 20 compiles it into a function that refuses characters such as `ü`.
      [/URL\.canParse\(/, /^$/],
    ]
    const broken = (text: string, file: string) =>
      banned
        .filter(([what, room]) => what.test(text) && !room.test(file))
        .map(([what]) => `${what}`)
    expect(offenders(sources, broken)).toEqual([])
  })

  it('of the console make no HTML of text, and store nothing but the theme', () => {
    const banned =
      /innerHTML|dangerouslySetInnerHTML|sessionStorage|indexedDB|style=|FIXME|TODO|XXX/
    const broken = (text: string, file: string) =>
      [...text.matchAll(new RegExp(banned, 'g'))]
        .map(([what]) => what)
        .concat(file !== 'console/src/app/theme.ts' && /localStorage/.test(text) ? ['storage'] : [])
    const own = pages.filter(({ file }) => file.startsWith('console/src/'))
    expect(own.length).toBeGreaterThan(0)
    expect(offenders(own, broken)).toEqual([])
  })

  it('of the typed client import only each other, and need no types of Node', () => {
    const banned = /FIXME|TODO|XXX|(?<!['.\w])console\.\w|process\.|Buffer|: any\b|as unknown as/g
    const isOwn = (file: string, path: string) =>
      path.startsWith('.') && join(dirname(file), path).startsWith('client/src/')
    const broken = (text: string, file: string) => [
      ...importsOf(text).filter((path) => !isOwn(file, path)),
      ...[...text.matchAll(banned)].map(([what]) => what),
    ]
    expect(client.length).toBeGreaterThan(0)
    expect(offenders(client, broken)).toEqual([])
  })

  it('use plain English in comments and messages', () => {
    const banned = [
      ...['whoever', 'whomever', 'anew', 'meanwhile', 'nobody', 'says of itself', 'to carry'],
      ...['is not that of', 'is none of', 'has to be', 'have to be', 'has to have', 'not any more'],
    ]
    const dialect = new RegExp(`\\b(${banned.join('|')})\\b`, 'gi')
    const broken = (text: string) => [...text.matchAll(dialect)].map(([words]) => words)
    expect(offenders([...sources, ...pages, ...client], broken)).toEqual([])
  })

  it('cite known specifications only', () => {
    const names = Object.keys(specifications).join('|')
    const citation = new RegExp(`(RFC \\d+|${names}|[A-Za-z0-9.]+) §`, 'g')
    const broken = (text: string) =>
      [...text.matchAll(citation)].map(([, tag = '']) => tag).filter((tag) => !isKnown(tag))
    const unknown = offenders(sources, broken).filter((line) => !/: (and|or|to)$/.test(line))
    expect(unknown).toEqual([])
  })
})
