/** Replaces the references of a file by what they stand for. */
import { readFileSync } from 'node:fs'
import { RemoteError } from '../failure.ts'
import type { Source } from './source.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The document with secrets in the place of `{ env }` and `{ file }`. */
export function resolveReferences(
  { document, locate }: Source,
  environment: Environment,
): Record<string, unknown> {
  const resolved = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(value)) return value.map((item, at) => resolved(item, [...path, at]))
    if (typeof value !== 'object' || value === null) return value
    const members = Object.entries(value)
    const [[name, named] = []] = members
    if (members.length === 1 && typeof named === 'string' && isReferencing(path)) {
      if (name === 'env') return valueIn(named, environment, locate(path))
      if (name === 'file') return textOf(named, locate(path))
    }
    return Object.fromEntries(members.map(([key, item]) => [key, resolved(item, [...path, key])]))
  }
  return resolved(document, []) as Record<string, unknown>
}

/** Members of a service, and of a client. */
const isReferencing = (path: readonly (string | number)[]) =>
  (path[0] === 'service' && path.length === 2) || (path[0] === 'clients' && path.length === 4)

function valueIn(name: string, environment: Environment, place: string): string {
  const value = environment[name]
  if (value) return value
  throw new RemoteError('usage', `${place}: The environment variable ${name} is not set.`)
}

function textOf(path: string, place: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/[\r\n]+$/, '')
  } catch (error) {
    throw new RemoteError('usage', `${place}: ${(error as Error).message}`)
  }
}
