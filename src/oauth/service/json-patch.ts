/**
 * JSON Patch, RFC 6902. Patches are untrusted: only own members are followed, on a copy without
 * prototypes, and the limits of size and depth are checked before each operation.
 */
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isWithin, jsonDepth } from '../../model/json.ts'

const op = <const Name extends string>(name: Name) => ({
  op: z.literal(name).describe('What the operation does.'),
  path: z.string().max(2_048).describe('Where: a JSON Pointer (RFC 6901).'),
})
const from = z.string().max(2_048).describe('From where: a JSON Pointer (RFC 6901).')
const value = z.unknown().describe('The value.')

/** RFC 6902 §4. */
export const JsonPatch = z.array(
  z.discriminatedUnion('op', [
    z.object({ ...op('add'), value }),
    z.object({ ...op('replace'), value }),
    z.object({ ...op('test'), value }),
    z.object(op('remove')),
    z.object({ ...op('move'), from }),
    z.object({ ...op('copy'), from }),
  ]),
)

export type Operation =
  | { op: 'add' | 'replace' | 'test'; path: string; value?: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; path: string; from: string }

export const operationLimit = 50
/** The usual limit of the result in characters of JSON text. */
const usualSize = 256 * 1024

/** Thrown if a patch cannot be applied. */
export class PatchFailure extends Error {
  override readonly name = 'PatchFailure'
  readonly reason: 'invalid' | 'tooLarge'

  constructor(reason: 'invalid' | 'tooLarge') {
    super(reason)
    this.reason = reason
  }
}
const fail = (reason: PatchFailure['reason'] = 'invalid'): never => {
  throw new PatchFailure(reason)
}

type Members = Record<string, unknown>
interface Patched {
  root: unknown
  /** Characters that may still be added. Removals do not increase it. */
  left: number
}

/** The patched document; the given one is not changed. Throws PatchFailure. */
export function applyPatch(
  document: unknown,
  operations: readonly Operation[],
  sizeLimit = usualSize,
): unknown {
  if (operations.length > operationLimit) fail('tooLarge')
  const patched: Patched = { root: undefined, left: sizeLimit }
  add(patched, [], document)
  for (const operation of operations) apply(patched, operation)
  return patched.root
}

function apply(patched: Patched, operation: Operation): void {
  const path = tokensOf(operation.path)
  switch (operation.op) {
    case 'remove':
      remove(patched, path)
      break
    case 'move':
      move(patched, tokensOf(operation.from), path)
      break
    case 'copy':
      add(patched, path, find(patched, tokensOf(operation.from)))
      break
    case 'test':
      if (!isDeepStrictEqual(find(patched, path), bareCopy(given(operation)))) fail()
      break
    case 'replace':
      find(patched, path)
      if (path.length > 0) remove(patched, path)
      add(patched, path, given(operation))
      break
    case 'add':
      add(patched, path, given(operation))
  }
}

/** RFC 6902 §4.1: the value is required; null is a value. */
const given = ({ value }: { value?: unknown }): unknown => (value === undefined ? fail() : value)

/** RFC 6901 §4. Refuses names that could reach a prototype. */
function tokensOf(pointer: string): string[] {
  if (pointer !== '' && !pointer.startsWith('/')) fail()
  if (/~(?![01])/.test(pointer)) fail()
  const tokens = pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  if (tokens.some((token) => ['__proto__', 'constructor', 'prototype'].includes(token))) fail()
  return tokens
}

/** RFC 6902 §4.4: a value must not be moved into one of its own members. */
function move(patched: Patched, from: readonly string[], path: readonly string[]): void {
  const isInside = path.length > from.length && from.every((token, at) => token === path[at])
  if (isInside) fail()
  add(patched, path, remove(patched, from))
}

/** The value at a path; inherited members do not count. */
function find({ root }: Patched, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, token) => {
    if (Array.isArray(value)) return value[indexOf(token, value.length - 1)]
    if (!isMembers(value) || !Object.hasOwn(value, token)) fail()
    return (value as Members)[token]
  }, root)
}

function add(patched: Patched, path: readonly string[], value: unknown): void {
  if (!isWithin(value, jsonDepth - path.length)) fail('tooLarge')
  patched.left -= JSON.stringify(value).length + (path.at(-1)?.length ?? 0)
  if (patched.left < 0) fail('tooLarge')
  put(patched, path, bareCopy(value))
}

function put(patched: Patched, path: readonly string[], value: unknown): void {
  const token = path.at(-1)
  if (token === undefined) {
    patched.root = value
    return
  }
  const parent = find(patched, path.slice(0, -1))
  if (Array.isArray(parent)) {
    parent.splice(token === '-' ? parent.length : indexOf(token, parent.length), 0, value)
  } else if (isMembers(parent)) parent[token] = value
  else fail()
}

function remove(patched: Patched, path: readonly string[]): unknown {
  const token = path.at(-1) ?? fail()
  const value = find(patched, path)
  const parent = find(patched, path.slice(0, -1))
  if (Array.isArray(parent)) parent.splice(indexOf(token, parent.length - 1), 1)
  else delete (parent as Members)[token]
  return value
}

function indexOf(token: string, last: number): number {
  return /^(0|[1-9]\d{0,8})$/.test(token) && Number(token) <= last ? Number(token) : fail()
}

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null

/** A deep copy of a JSON value whose objects have no prototype. */
function bareCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareCopy)
  if (!isMembers(value)) return value
  const copy: Members = Object.create(null)
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) copy[name] = bareCopy(member)
  }
  return copy
}
