/** Writes the pages about result codes, one for each area: `docs/reference/codes/`. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { endpoints } from '../../src/api/index.ts'
import '../../src/process/app.ts'
import type { Endpoint } from '../../src/http/endpoint.ts'
import { Client } from '../../src/model/client/client.ts'
import { Service } from '../../src/model/service/service.ts'
import { declaredAttributes } from '../../src/oauth/attribute.ts'
import { areaOf, codesPage } from '../../src/process/documents.ts'
import { type CatalogueEntry, catalogue, errorCodes } from '../../src/refusal.ts'
import { specifications } from '../support/specifications.ts'
import { readAnswers } from './answers.ts'

const folder = 'docs/reference/codes'

/** The generated pages: path and text. */
export function codePages(): Record<string, string> {
  const entries = [...catalogue.values()].sort((a, b) => (a.code < b.code ? -1 : 1))
  const areas = [...new Set(entries.map(areaOf))]
  return Object.fromEntries(
    areas.map((area) => [
      `docs/reference/${codesPage(area)}`,
      pageOf(
        area,
        entries.filter((entry) => areaOf(entry) === area),
      ),
    ]),
  )
}

const pageOf = (area: string, entries: CatalogueEntry[]): string =>
  `${[
    `# ${area}: result codes`,
    '[All result codes](../result-codes.md). This page is generated from the code.',
    ...entries.flatMap((entry) => [
      `## ${entry.code}`,
      plain(entry.message),
      factsOf(entry)
        .map(([name, text]) => `- **${name}:** ${text}`)
        .join('\n'),
    ]),
  ].join('\n\n')}\n`

function factsOf(entry: CatalogueEntry): [name: string, text: string][] {
  const name: [string, string] = ['Name', `\`${entry.name}\``]
  if (!('error' in entry)) {
    const answer = 'status' in entry ? `HTTP ${entry.status} for the caller` : 'success'
    return [name, ['Response', answer], ...operationsOf(entry)]
  }
  const { error, spec, fix, settings = [], isTemporary } = entry
  return [
    name,
    ['OAuth error', `\`${error}\`, ${citation(errorCodes[error])}`],
    ['Source', citation(spec)],
    ['How to fix it', plain(fix)],
    ...settings.map((path): [string, string] => ['Setting', settingOf(path)]),
    ...(isTemporary ? [['When', 'The same call may succeed later.'] as [string, string]] : []),
    ...operationsOf(entry),
  ]
}

const named = ({ method, path }: Endpoint) => `\`${method.toUpperCase()} ${path}\``
const answers = readAnswers()
const operations = new Map(endpoints.map((each) => [each.operationId, each]))
const several = 8

/** The operations that answer with a code: by their declaration, or as seen while tests ran. */
function operationsOf({ area, code }: CatalogueEntry): [name: string, text: string][] {
  const declared = operations.get(area)
  if (declared) return [['Operation', named(declared)]]
  const names = (answers.get(code) ?? []).flatMap((id) => operations.get(id) ?? []).map(named)
  const [first] = names
  if (first === undefined) return []
  const listed =
    names.length <= several ? names.join(', ') : `${names.length} operations, such as ${first}`
  return [['Seen in the tests of', listed]]
}

/** The section of a specification, with a link to the specification. */
function citation(spec: string): string {
  const [, number, section] = /^RFC (\d+)(?: §([\d.]+))?/.exec(spec) ?? []
  if (number !== undefined) {
    const place = section === undefined ? '' : `#section-${section.replace(/\.$/, '')}`
    return `[${spec}](https://www.rfc-editor.org/rfc/rfc${number}${place})`
  }
  const [tag = ''] = spec.split(' §')
  const url = specifications[tag]
  return url === undefined ? spec : `[${spec}](${url})`
}

/** What a property or attribute does, in the words of its definition. */
function settingOf(path: string): string {
  const [owner = '', ...rest] = path.split('.')
  const name = rest.join('.')
  const attribute = declaredAttributes().find((each) => each.name === name)
  if (attribute) return `[\`${path}\`](../attributes.md). ${plain(attribute.effect)}`
  const shape: Record<string, { description?: string | undefined }> =
    owner === 'service' ? Service.shape : Client.shape
  return `[\`${path}\`](../properties.md). ${plain(shape[name]?.description ?? '')}`.trim()
}

/** Markdown without HTML, outside of code. */
const plain = (text: string): string =>
  text.replace(/`[^`]*`|[<&]/g, (found) =>
    found.startsWith('`') ? found : found === '<' ? '&lt;' : '&amp;',
  )

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  // Areas that are no longer there leave no page.
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [path, text] of Object.entries(codePages())) writeFileSync(path, text)
}
