/**
 * Writes `docs/reference/coverage.md`: the specifications that rules and tests cite, the sections,
 * the rules that refuse by them, and the files of tests.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import '../../src/process/app.ts'
import { areaOf, codesPage } from '../../src/process/documents.ts'
import { type CatalogueEntry, catalogue } from '../../src/refusal.ts'
import { specifications } from '../support/specifications.ts'

const path = 'docs/reference/coverage.md'

/** Tests of what users can see; those of pure rules and of storage are behind these. */
const folders = ['spec', 'operations', 'guarantees', 'e2e', 'compatibility', 'oauth']

interface Citation {
  specification: string
  /** Empty if the whole specification is cited. */
  section: string
}

const names = Object.keys(specifications).sort((one, another) => another.length - one.length)
const escaped = names.map((name) => name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
const cited = new RegExp(
  `(?<![\\w-])(RFC \\d{4}|${escaped.join('|')})(?: ((?:§[\\w.]*\\w(?:, | and )?)+))?`,
  'g',
)

/** All citations of a text, such as `RFC 7636 §4.1, §4.2`. */
export function citationsIn(text: string): Citation[] {
  return [...text.matchAll(cited)].flatMap(([, specification = '', sections = '']) => {
    const found = [...sections.matchAll(/§([\w.]*\w)/g)].map(([, section = '']) => section)
    return (found.length > 0 ? found : ['']).map((section) => ({ specification, section }))
  })
}

/** The files of tests by the specifications that their text cites with a section. */
function testsBySpecification(): Map<string, string[]> {
  const tests = new Map<string, string[]>()
  for (const folder of folders) {
    const files = readdirSync(join('test', folder), { recursive: true, encoding: 'utf8' })
    for (const file of files.filter((name) => name.endsWith('.test.ts')).sort()) {
      const name = join('test', folder, file)
      const all = citationsIn(readFileSync(name, 'utf8')).filter(({ section }) => section)
      for (const specification of new Set(all.map((each) => each.specification))) {
        tests.set(specification, [...(tests.get(specification) ?? []), name])
      }
    }
  }
  return tests
}

function rulesBySpecification(): Map<string, Map<string, CatalogueEntry[]>> {
  const rules = new Map<string, Map<string, CatalogueEntry[]>>()
  const entries = [...catalogue.values()].sort((one, another) => (one.code < another.code ? -1 : 1))
  for (const entry of entries) {
    if (!('spec' in entry)) continue
    for (const { specification, section } of citationsIn(entry.spec)) {
      const sections = rules.get(specification) ?? new Map<string, CatalogueEntry[]>()
      sections.set(section, [...(sections.get(section) ?? []), entry])
      rules.set(specification, sections)
    }
  }
  return rules
}

const bySection = new Intl.Collator('en', { numeric: true }).compare

const urlOf = (specification: string): string =>
  specifications[specification] ??
  `https://www.rfc-editor.org/rfc/${specification.toLowerCase().replace(' ', '')}`

const linkOf = (entry: CatalogueEntry): string =>
  `[${entry.code}](${codesPage(areaOf(entry))}#${entry.code.toLowerCase()})`

function partOf(
  specification: string,
  sections: Map<string, CatalogueEntry[]> | undefined,
  tests: readonly string[] = [],
): string {
  const rows = [...(sections ?? [])]
    .sort(([one], [another]) => bySection(one, another))
    .map(([section, entries]) => {
      return `| ${section ? `§${section}` : '–'} | ${entries.map(linkOf).join(', ')} |`
    })
  return [
    `## ${specification}`,
    `[The specification](${urlOf(specification)}).`,
    ...(rows.length > 0
      ? [['| Section | Refusals by it |', '| --- | --- |', ...rows].join('\n')]
      : []),
    ...(tests.length > 0 ? [`Tests:\n\n${tests.map((file) => `- \`${file}\``).join('\n')}`] : []),
  ].join('\n\n')
}

/** The generated page: path and text. */
export function coveragePage(): Record<string, string> {
  const rules = rulesBySpecification()
  const tests = testsBySpecification()
  const all = [...new Set([...rules.keys(), ...tests.keys()])].sort(bySection)
  const introduction = `Specifications that Postern's rules and tests cite: the sections by which a request is refused, the result codes of these refusals, and the files of tests that cite the specification. It tells where to look, not how much of a specification there is. This page is generated from the code.`
  const parts = all.map((name) => partOf(name, rules.get(name), tests.get(name)))
  return { [path]: `${['# Specification coverage', introduction, ...parts].join('\n\n')}\n` }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const [file, text] of Object.entries(coveragePage())) writeFileSync(file, text)
}
