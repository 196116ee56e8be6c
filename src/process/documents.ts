/**
 * Writes the generated documents: `openapi/openapi.json`, `schema/service.json`,
 * `docs/reference/result-codes.md`, `docs/reference/attributes.md` and
 * `console/src/editor/forms.json`.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { endpoints } from '../api/index.ts'
// Loads all modules that declare rules and attributes.
import './app.ts'
import { openApiDocument } from '../http/document.ts'
import { fileSchema } from '../model/configuration/schema.ts'
import { type Attribute, declaredAttributes } from '../oauth/attribute.ts'
import { type CatalogueEntry, catalogue } from '../refusal.ts'
import { forms } from './forms/forms.ts'

/** The generated documents: path and text. */
export function documents(): Record<string, string> {
  return {
    'openapi/openapi.json': `${JSON.stringify(openApiDocument(endpoints), null, 2)}\n`,
    'schema/service.json': fileSchema(),
    'docs/reference/result-codes.md': resultCodes([...catalogue.values()]),
    'docs/reference/attributes.md': attributes(declaredAttributes()),
    'console/src/editor/forms.json': forms(declaredAttributes(), [...catalogue.values()]),
  }
}

function resultCodes(entries: CatalogueEntry[]): string {
  const sorted = entries.sort((a, b) => a.code.localeCompare(b.code))
  const areas = [...new Set(sorted.map(({ area }) => area))]
  const sections = areas.map((area) => {
    const rows = sorted.filter((entry) => entry.area === area).map(rowOf)
    const head = '| Code | Response | Source | Message |\n| --- | --- | --- | --- |'
    return `## ${area}\n\n${head}\n${rows.join('\n')}`
  })
  const introduction =
    'Every response has a code for its reason: in `resultCode`, and in the description of OAuth ' +
    'errors. This page is generated from the rules in the code.'
  return `# Result codes\n\n${introduction}\n\n${sections.join('\n\n')}\n`
}

/** The area of a page about codes; results that are no refusals share one. */
export const areaOf = (entry: CatalogueEntry): string =>
  'error' in entry || 'status' in entry ? entry.area : 'Results'

/** The page about the codes of an area, beside the list of all codes. */
export const codesPage = (area: string): string =>
  `codes/${area.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.md`

function rowOf(entry: CatalogueEntry): string {
  const answer =
    'error' in entry ? `\`${entry.error}\`` : 'status' in entry ? `HTTP ${entry.status}` : 'success'
  const source = 'spec' in entry ? entry.spec : ''
  const link = `[${entry.code}](${codesPage(areaOf(entry))}#${entry.code.toLowerCase()})`
  return `| ${link} | ${answer} | ${source} | ${entry.message} |`
}

const printed = (value: unknown) =>
  typeof value === 'object' ? JSON.stringify(value) : String(value)

function attributes(declared: Attribute<unknown>[]): string {
  const rows = [...declared]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, formerly = [], of, form, fallback, effect, spec = '' }) => {
      const absent = fallback === undefined ? 'none' : `\`${printed(fallback)}\``
      const former = formerly.map((each) => ` Formerly \`${each}\`.`).join('')
      return `| \`${name}\` | ${of} | ${form.expected} | ${absent} | ${effect}${former} | ${spec} |`
    })
  const introduction =
    'Settings without a property in the contract are pairs in `attributes` of a service, client or ' +
    'scope. A value that is not valid is refused when it is saved. A name that begins with `ext.` ' +
    'and is not listed here has no effect, and the response contains a warning. A former name still ' +
    'has its effect, with a warning. This page is generated from the code.'
  const head =
    '| Name | Of | Value | Default | Effect | Source |\n| --- | --- | --- | --- | --- | --- |'
  return `# Attributes\n\n${introduction}\n\n${head}\n${rows.join('\n')}\n`
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [path, text] of Object.entries(documents())) {
    const file = fileURLToPath(new URL(`../../${path}`, import.meta.url))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, text)
  }
}
