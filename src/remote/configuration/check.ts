/** Checks the document of a source: wrong values and unknown members, each with its line. */
import { ConfigurationFile } from '../../model/configuration/file.ts'
import { likeliest, namesAt } from '../../model/configuration/names.ts'
import { unknownMembers } from '../../model/configuration/unknown-members.ts'
import { RemoteError } from '../failure.ts'
import type { Source } from './source.ts'

const most = 20

/** Throws with all problems, one a line. */
export function checkSource({ document, locate }: Source): void {
  const problems = [
    ...unknownMembers(ConfigurationFile, document).map((path) => {
      const steps = path.split('.')
      return `${locate(stepsOf(steps))}: ${unknown(steps)}`
    }),
    ...wrongValues(document).map(({ path, message }) => {
      const where = path.length > 0 ? `${path.map(String).join('.')}: ` : ''
      return `${locate(path)}: ${where}${message}.`
    }),
    ...repeatedKeys(document).map(
      ([key, at]) =>
        `${locate(['clients', 'items', at, 'key'])}: Another client has the key ${key}.`,
    ),
  ]
  if (problems.length > 0) throw new RemoteError('usage', problems.slice(0, most).join('\n'))
}

/** Numbers in a path are places in lists. */
const stepsOf = (steps: readonly string[]) =>
  steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step))

function unknown(steps: readonly string[]): string {
  const name = steps.at(-1) ?? ''
  const meant = likeliest(name, namesAt(ConfigurationFile, steps.slice(0, -1)))
  return `${steps.join('.')} is unknown${meant ? `: did you mean ${meant}?` : '.'}`
}

const secretHint = 'Expected { env: … }, { file: … } or { keep: true }: no file holds a secret'

function wrongValues(document: unknown) {
  const parsed = ConfigurationFile.safeParse(document)
  if (parsed.success) return []
  return parsed.error.issues.map(({ path, message, code }) => ({
    path,
    message: code === 'invalid_union' && isSecret(path) ? secretHint : message,
  }))
}

const isSecret = (path: readonly PropertyKey[]) =>
  path[0] === 'service' || path.at(-1) === 'clientSecret'

function repeatedKeys(document: Record<string, unknown>): [string, number][] {
  const { items } = Object(document['clients']) as { items?: unknown }
  if (!Array.isArray(items)) return []
  const known = new Set<string>()
  return items.flatMap((item: unknown, at): [string, number][] => {
    const { key } = Object(item) as { key?: unknown }
    if (typeof key !== 'string') return []
    if (known.has(key)) return [[key, at]]
    known.add(key)
    return []
  })
}
