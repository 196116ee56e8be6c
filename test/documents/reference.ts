/**
 * Writes pages of `docs/reference/` that are about several rooms of the code: operations, rights,
 * lints, environment, commands, metrics.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { Command } from 'commander'
import { endpoints } from '../../src/api/index.ts'
import { createProgram } from '../../src/cli/commands.ts'
import { AccessRight, includesRight } from '../../src/model/api-token.ts'
import { clientLints } from '../../src/oauth/lint/client-lints.ts'
import { type Lint, profiles } from '../../src/oauth/lint/lint.ts'
import { serviceLints } from '../../src/oauth/lint/service-lints.ts'
import { configTable } from '../../src/process/config-table.ts'
import { type Definition, definitions } from '../../src/process/metrics/definitions.ts'

const generated = 'This page is generated from the code.'

/** The generated pages: path and text. */
export async function referencePages(openapi: string): Promise<Record<string, string>> {
  return {
    'docs/reference/operations.md': operations(JSON.parse(openapi)),
    'docs/reference/rights.md': rights(),
    'docs/reference/lints.md': lints(),
    'docs/reference/environment.md': environment(),
    'docs/reference/command-line.md': commandLine(createProgram()),
    'docs/reference/metrics.md': metrics(Object.values(definitions)),
  }
}

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')

const page = (title: string, introduction: string, ...parts: string[]) =>
  `# ${title}\n\n${introduction} ${generated}\n\n${parts.join('\n\n')}\n`

type Described = Record<string, { summary?: string; description?: string; tags?: string[] }>
interface OpenApi {
  paths: Record<string, Described>
}

function operations({ paths }: OpenApi): string {
  const all = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
  )
  const tags = [...new Set(all.flatMap(({ operation }) => operation.tags ?? []))]
  const sections = tags.map((tag) => {
    const own = all.filter(({ operation }) => operation.tags?.includes(tag))
    const parts = own.map(({ path, method, operation }) => {
      const { summary = '', description = '' } = operation
      return `### \`${method.toUpperCase()} ${path}\`\n\n**${summary}.** ${description}`
    })
    return `## ${tag}\n\n${parts.join('\n\n')}`
  })
  return page(
    'Operations',
    'Every operation of the API with the right that it needs, and the HTTP response for each action that ends an exchange. A running Postern has the schemas of requests and responses at `/docs`, and `openapi/openapi.json` has them for programs.',
    ...sections,
  )
}

function rights(): string {
  const all = AccessRight.options
  const rows = all.map((right) => {
    const included = all.filter((other) => other !== right && includesRight([right], other))
    const count = endpoints.filter((endpoint) => endpoint.right === right).length
    return [`\`${right}\``, included.map((name) => `\`${name}\``).join(', ') || '–', `${count}`]
  })
  const needed = all.flatMap((right) => {
    const own = endpoints.filter((endpoint) => endpoint.right === right)
    if (own.length === 0) return []
    const lines = own.map(({ method, path }) => `- \`${method.toUpperCase()} ${path}\``)
    return [`## \`${right}\``, lines.join('\n')]
  })
  return page(
    'Rights',
    'An API token has rights, for one service or for all. A right includes others.',
    table(['Right', 'Includes', 'Operations that need it'], rows),
    ...needed,
  )
}

function lints(): string {
  const rowsOf = (lints: readonly Omit<Lint<never>, 'applies' | 'fix'>[]) =>
    lints.map(({ code, level, path, profiles, spec = '', says }) => {
      return [code, level, `\`${path}\``, says, spec, profiles.join(', ')]
    })
  const head = ['Code', 'Level', 'Property', 'Finding', 'Source', 'Profiles']
  return page(
    'Lints',
    `Advice about settings that are accepted, and that a profile forbids. The profiles are ${profiles.map((name) => `\`${name}\``).join(', ')}. [Is a service configured well?](../lint.md) tells how to run them.`,
    `## Services\n\n${table(head, rowsOf(serviceLints))}`,
    `## Clients\n\n${table(head, rowsOf(clientLints))}`,
  )
}

function environment(): string {
  const rows = configTable.map(({ name, default: byDefault, meaning, isSecret }) => {
    const file = isSecret ? ` Or in a file: \`${name}_FILE\`.` : ''
    return [`\`${name}\``, byDefault, `${meaning}${file}`]
  })
  return page(
    'Environment',
    'Environment variables configure `postern serve`. An invalid value stops the start with one line that says what is expected.',
    table(['Variable', 'Default', 'Meaning'], rows),
  )
}

function commandLine(program: Command): string {
  const parts = leaves(program, 'postern').map(({ name, command }) => {
    const options = command.options.filter(({ hidden }) => !hidden)
    const rows = options.map(({ flags, description }) => [`\`${cell(flags)}\``, cell(description)])
    const shown = rows.length > 0 ? [table(['Option', 'Meaning'], rows)] : []
    const usage = command.registeredArguments
      .map((argument) => {
        const text = `${argument.name()}${argument.variadic ? '…' : ''}`
        return argument.required ? `<${text}>` : `[${text}]`
      })
      .join(' ')
    return [`## \`${`${name} ${usage}`.trim()}\``, sentence(command.description()), ...shown].join(
      '\n\n',
    )
  })
  return page(
    'Commands',
    '`postern --help` says the same in a terminal. [The command line](../command-line.md) has examples.',
    ...parts,
  )
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${cell(text.slice(1))}.`

/** Commands that do something, with their whole names. */
function leaves(command: Command, name: string): { name: string; command: Command }[] {
  const named = command.commands.map((each) => [each, `${name} ${each.name()}`] as const)
  return named.flatMap(([each, whole]) =>
    each.commands.length > 0 ? leaves(each, whole) : [{ name: whole, command: each }],
  )
}

function metrics(all: readonly Definition[]): string {
  const rows = all.map(({ name, type, help, labels = {} }) => {
    const told = Object.entries(labels).map(([label, values]) => `\`${label}\`: ${values}`)
    return [`\`${name}\``, type, cell(help), cell(told.join('; '))]
  })
  return page(
    'Metrics',
    'With `POSTERN_METRICS_PORT`, `/metrics` on that port has these, and those of Node.js. No label names a service, a client or a user. [Monitoring](../monitoring.md) has dashboards and alerts.',
    table(['Metric', 'Type', 'Meaning', 'Labels'], rows),
  )
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const openapi = readFileSync('openapi/openapi.json', 'utf8')
  const pages = await referencePages(openapi)
  for (const [path, text] of Object.entries(pages)) writeFileSync(path, text)
}
