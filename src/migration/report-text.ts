/** The report for people: the same line of many clients is told once. */
import type { Line, Outcome, Report } from './report.ts'
import { outcomes } from './report.ts'

const titles: Record<Outcome, string> = {
  decide: 'To decide',
  changed: 'Changed',
  dropped: 'Without a counterpart',
  taken: 'Taken as it is',
}
const explained: Record<Outcome, string> = {
  decide: 'What an import cannot know: read each before you apply the files.',
  changed: 'What Postern says in another way.',
  dropped: 'What is not in the files, and why.',
  taken: 'What is in the files with the same meaning.',
}
const namedAtMost = 5

interface Group extends Omit<Line, 'of'> {
  of: string[]
}

export function reportText(title: string, { lines }: Report): string {
  const parts = outcomes.flatMap((outcome) => {
    const groups = grouped(lines.filter((line) => line.outcome === outcome))
    if (groups.length === 0) return []
    return [`## ${titles[outcome]}\n\n${explained[outcome]}\n`, `${tableOf(groups)}\n`]
  })
  const counts = outcomes
    .map((outcome) => lines.filter((line) => line.outcome === outcome).length)
    .map((count, at) => `${titles[outcomes[at] ?? 'taken'].toLowerCase()}: ${count}`)
  return [`# ${title}\n`, `${counts.join(' · ')}\n`, ...parts].join('\n')
}

function grouped(lines: readonly Line[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { of, ...line } of lines) {
    const kind = of.split(' ', 1)[0]
    const name = JSON.stringify([kind, line.property, line.to, line.note])
    const group = groups.get(name)
    if (group) group.of.push(of)
    else groups.set(name, { ...line, of: [of] })
  }
  return [...groups.values()]
}

const tableOf = (groups: readonly Group[]): string =>
  [
    '| Property | Of | Postern | Note |',
    '| --- | --- | --- | --- |',
    ...groups.map(({ property, of, to, note }) =>
      row([code(property), ownersOf(of), to === undefined ? '' : code(to), note ?? '']),
    ),
  ].join('\n')

function ownersOf(of: readonly string[]): string {
  const named = [...new Set(of)].slice(0, namedAtMost).join(', ')
  const more = of.length - namedAtMost
  return more > 0 ? `${named} and ${more} more` : named
}

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`

/** Names of the former system are text: they must not end a cell, or move a cursor. */
const cell = (text: string): string => text.replace(/\p{Cc}/gu, ' ').replaceAll('|', '\\|')

const code = (text: string): string => `\`${text.replaceAll('`', "'")}\``
