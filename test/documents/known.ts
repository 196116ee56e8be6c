/** What pages name in prose, and whether it exists. */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import { endpoints } from '../../src/api/index.ts'
import { createProgram } from '../../src/cli/commands.ts'
import { declaredAttributes } from '../../src/oauth/attribute.ts'
import { clientLints } from '../../src/oauth/lint/client-lints.ts'
import { serviceLints } from '../../src/oauth/lint/service-lints.ts'
import { configTable } from '../../src/process/config-table.ts'
import { catalogue } from '../../src/refusal.ts'
import '../../src/process/app.ts'
import { proseOf } from './fences.ts'

const codes = new Set<string>([
  ...catalogue.keys(),
  ...[...serviceLints, ...clientLints].map(({ code }) => code),
])

/** Variables of the service, of commands that call one, and of this repository. */
const variables = new Set([
  ...configTable.flatMap(({ name, isSecret }) => (isSecret ? [name, `${name}_FILE`] : [name])),
  ...['POSTERN_URL', 'POSTERN_TOKEN', 'POSTERN_SERVICE', 'POSTERN_TEST_RELAYS'],
  ...['POSTERN_PRIMARY_TOKEN', 'POSTERN_SECONDARY_TOKEN', 'POSTERN_IMPORT_TOKEN'],
  // Of the receiver of events in a page.
  'POSTERN_EVENTS_SECRET',
  // What `postern apply` gives to the command of `--secret-sink`.
  ...['POSTERN_SERVICE_KEY', 'POSTERN_CLIENT_KEY', 'POSTERN_CLIENT_ID'],
  ...[
    'POSTERN_BENCH_HYDRA',
    'POSTERN_BENCH_PROFILE',
    'POSTERN_BENCH_BRANDS',
    'POSTERN_SIMULATIONS',
    'POSTERN_SEED',
  ],
])

const attributes = new Set<string>(
  declaredAttributes().flatMap(({ name, formerly = [] }) => [name, ...formerly]),
)

/** Members of requests and responses, as the OpenAPI document has them. */
const members = new Set<string>()
const visit = (node: unknown): void => {
  if (typeof node !== 'object' || node === null) return
  for (const [key, value] of Object.entries(node)) {
    if (key === 'properties') for (const name of Object.keys(value)) members.add(name)
    if (key === 'name' && typeof value === 'string') members.add(value)
    visit(value)
  }
}
visit(JSON.parse(readFileSync('openapi/openapi.json', 'utf8')))

const paths = new Set(endpoints.map(({ path }) => path.replaceAll(/\{\w+\}/g, '{}')))
const firstSegments = new Set(
  [...paths].map((path) => path.replace('/api/{}', '').split('/')[1] ?? ''),
)

/** A path below `/api/` or below that of a service; a last `/…` or `/*` is any operation below. */
function isOperation(path: string): boolean {
  const plain = path.replace(/\?.*$/, '').replaceAll(/\{\w+\}|<\w+>|\d{6,}|…(?=\/)/g, '{}')
  const candidates = [plain, `/api/{}${plain}`, `/api${plain}`]
  if (/\/(…|\*)$/.test(plain)) {
    const starts = candidates.map((each) => each.replace(/(…|\*)$/, ''))
    return [...paths].some((known) => starts.some((start) => known.startsWith(start)))
  }
  return [...paths].some((known) =>
    // The parameters at the end need not be named.
    candidates.some((each) => known === each || known.replace(/(\/\{\})+$/, '') === each),
  )
}

/** Words in camel case that are no members of the API: of code, of files, of other programs. */
const otherWords = new Set<string>([
  ...[
    'createPostern',
    'extraEnv',
    // Members of events, and of entries in `ext.trustedIssuers`.
    ...['tokenHash', 'keyId', 'subjectClaim', 'subjectPrefix'],
    'masterKey',
    'adminToken',
    'outboundAllow',
    'logLevel',
    'toString',
  ],
  'testServices',
  ...['trueValue', 'falseValue', 'wouldFetch', 'authorizeIframe', 'terminationGracePeriodSeconds'],
  ...['drainSeconds', 'apiFrom', 'metricsFrom', 'publicJwk', 'privateJwk', 'redirectUri'],
  ...['timeoutMs', 'destroyAfterDays', 'tokenLabel', 'pinFile', 'pendingDays'],
  // Of entries in `ext.formerTokens`, and RFC 8936 §2.2 and §2.3.
  ...['oncePerSession', 'setErrs', 'moreAvailable'],
  ...['accessTokenFormat', 'certificateRequired', 'bearerMethodsSupported'],
  ...['baseUrl', 'ifMatch', 'ifNoneMatch', 'idempotencyKey', 'retryAfter'],
  ...[
    'verifiedBy',
    'verifiedTokens',
    'boundBy',
    'introspectionCache',
    'onRefused',
    'resourceMetadata',
    'clockTolerance',
  ],
])

function commandOf(words: string[]): Command | undefined {
  let command: Command | undefined = createProgram()
  for (const word of words) {
    if (!command || command.commands.length === 0) break
    command = command.commands.find((each) => each.name() === word)
  }
  return command
}

export function unknownNames(file: string, text: string): string[] {
  // These pages name paths and members of other systems beside ours.
  const isComparison = file.startsWith('docs/migrate/') || file === 'docs/authlete-2.md'
  const found: string[] = []
  const check = (pattern: RegExp, isKnown: (name: string) => boolean, among = text) => {
    for (const [, name = ''] of among.matchAll(pattern)) {
      if (!isKnown(name)) found.push(`${file}: ${name}`)
    }
  }
  check(/\b(P[0-9A-F]\d{5}|L\d{4})\b/g, (name) => codes.has(name))
  check(/\b(POSTERN_[A-Z_]+[A-Z])\b/g, (name) => variables.has(name))
  check(/\b(ext\.[a-z_]+(?:\.[A-Za-z0-9_]+)*)(?![A-Za-z0-9_.*…])/g, (name) => attributes.has(name))
  const prose = proseOf(text)
  check(
    /`(?:[A-Z]+ )?(\/[\w{}/?=<>…*.-]+)`/g,
    (name) => {
      const [first = ''] = name
        .replace(/^\/api\/(\{\w+\}\/)?/, '/')
        .split('/')
        .slice(1)
      return !firstSegments.has(first) || isComparison || isOperation(name)
    },
    prose,
  )
  if (!isComparison) {
    check(
      /`([a-z]+(?:[A-Z][a-z0-9]*)+)`/g,
      (name) => members.has(name) || otherWords.has(name),
      prose,
    )
  }
  check(
    /(?:^|[`(|;$ ])(?<!helm \w+ )postern ((?:[a-z-]+ ?)+)/gm,
    (words) => isCommand(words.trim().split(' ')),
    commandsOf(text),
  )
  return [...new Set(found)]
}

/** Commands are in backticks, and in fences of shells. */
function commandsOf(text: string): string {
  const fences = [...text.matchAll(/^ *```(?:sh|bash)[^\n]*\n(.*?)^ *```$/gms)]
  const inline = [...proseOf(text).matchAll(/`(postern [^`]*)`/g)]
  return [...fences, ...inline].map(([, each = '']) => each).join('\n')
}

const isCommand = (words: string[]) => commandOf(words) !== undefined
