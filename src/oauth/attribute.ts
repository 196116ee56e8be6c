/**
 * Attributes: settings of a service, client or scope that have no property in the contract. Each
 * module declares its own attributes (`ext.…`) here. They are checked when the owner is saved, and
 * listed in `docs/reference/attributes.md`.
 */
import type { z } from 'zod'
import { parseJson } from '../model/json.ts'
import type { Problem } from './property-problem.ts'

interface Pair {
  key: string
  value?: string | undefined
}

/** A service, client or scope. */
export interface AttributeOwner {
  attributes?: readonly Pair[] | undefined
}

export type OwnerKind = 'service' | 'client' | 'scope'

export type AttributeInput =
  | { type: 'flag' }
  | { type: 'number'; least: number; most: number }
  | { type: 'choice'; options: readonly string[] }

/** The syntax of an attribute's text and its parsed value. */
export interface AttributeForm<T> {
  /** How a person sets it, if it is no free text. */
  input?: AttributeInput
  /** Undefined if the text does not have this form. */
  parse(text: string): T | undefined
  /** Completes the sentence "The attribute must be …". */
  expected: string
  /** What is wrong with the text, and where in it; undefined if nothing is. */
  problem?(text: string): string | undefined
}

export const flag: AttributeForm<boolean> = {
  input: { type: 'flag' },
  parse: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  expected: '`true` or `false`',
}

export const wholeNumber = (least: number, most: number): AttributeForm<number> => ({
  input: { type: 'number', least, most },
  parse(text) {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    return value >= least && value <= most ? value : undefined
  },
  expected: `a whole number from ${least} to ${most}`,
})

export const oneOf = <const V extends string>(...values: V[]): AttributeForm<V> => ({
  input: { type: 'choice', options: values },
  parse: (text) => values.find((value) => value === text),
  expected: values.map((value) => `\`${value}\``).join(' or '),
})

/** Words separated by spaces; `expected` describes one word in the plural. */
export const words = (
  isWord: (word: string) => boolean,
  most: number,
  expected: string,
): AttributeForm<readonly string[] | undefined> => ({
  parse(text) {
    const found = text.split(' ').filter((word) => word !== '')
    return found.length <= most && found.every(isWord) ? found : undefined
  },
  expected: `at most ${most} ${expected}, separated by spaces`,
})

/** The text of a JSON document with a schema. */
export function jsonText<T>(schema: z.ZodType<T>, expected: string): AttributeForm<T> {
  const parsed = (text: string): { value: T } | { problem: string } => {
    let document: unknown
    try {
      document = parseJson(text)
    } catch {
      return { problem: 'Expected the text of a JSON document' }
    }
    const outcome = schema.safeParse(document)
    if (outcome.success) return { value: outcome.data }
    const [issue] = outcome.error.issues
    const path = (issue?.path ?? []).map((step) =>
      typeof step === 'number' ? `[${step}]` : `.${String(step)}`,
    )
    return { problem: `${path.length > 0 ? `${path.join('')}: ` : ''}${issue?.message}` }
  }
  return {
    parse(text) {
      const outcome = parsed(text)
      return 'value' in outcome ? outcome.value : undefined
    },
    expected,
    problem(text) {
      const outcome = parsed(text)
      return 'problem' in outcome ? outcome.problem : undefined
    },
  }
}

type Name = `ext.${string}`

interface Declaration<T> {
  name: Name
  /** Former names, which still count where the owner has no value under the new name. */
  formerly?: readonly Name[]
  of: OwnerKind
  form: AttributeForm<T>
  /** The value where the attribute is absent. */
  fallback: NoInfer<T>
  /** What the attribute changes, as a sentence for the operator. */
  effect: string
  /** The specification that defines the affected behaviour. */
  spec?: string
}

export interface Attribute<T> extends Declaration<T> {
  /** The value that the owner has set, or the fallback. */
  read(owner: AttributeOwner): T
}

const declared = new Map<string, Attribute<unknown>>()
const idOf = (kind: OwnerKind, name: string) => `${kind} ${name}`

/** Every `ext.` attribute that the loaded modules declare. */
export const declaredAttributes = (): Attribute<unknown>[] => [...new Set(declared.values())]

/** Declares an attribute; `read` returns the fallback for a missing or invalid value. */
export function defineAttribute<T>(declaration: Declaration<T>): Attribute<T> {
  const { name, formerly = [], of, form, fallback } = declaration
  const names = [name, ...formerly]
  const attribute: Attribute<T> = {
    ...declaration,
    read(owner) {
      for (const each of names) {
        const text = attributeOf(owner, each)
        if (text !== undefined) return form.parse(text) ?? fallback
      }
      return fallback
    },
  }
  for (const each of names) declared.set(idOf(of, each), attribute)
  return attribute
}

/** Reads an attribute once for each version of its owner: for forms that take time to parse. */
export function readOnce<T extends object>(attribute: Attribute<T>): (owner: AttributeOwner) => T {
  const known = new WeakMap<object, T>()
  return ({ attributes }) => {
    const former = attributes && known.get(attributes)
    if (former) return former
    const value = attribute.read({ attributes })
    if (attributes) known.set(attributes, value)
    return value
  }
}

export const attributeOf = (owner: AttributeOwner, name: string): string | undefined =>
  owner.attributes?.find(({ key }) => key === name)?.value

/** The first `ext.` attribute whose value does not have the declared form. */
export function attributeProblem(
  path: string,
  of: OwnerKind,
  owner: AttributeOwner,
): Problem | undefined {
  const attributes = owner.attributes ?? []
  for (const [index, { key, value = '' }] of attributes.entries()) {
    const attribute = declared.get(idOf(of, key))
    const isRepeated = attributes.findIndex((other) => other.key === key) < index
    const reason = isRepeated ? 'It is listed twice' : attribute?.form.problem?.(value)
    if (attribute?.form.problem && reason !== undefined) {
      return { path, message: `The attribute ${key} is wrong: ${reason}.` }
    }
    if (attribute && attribute.form.parse(value) === undefined) {
      const message = `The attribute ${key} must be ${attribute.form.expected}.`
      return { path, message }
    }
  }
  return undefined
}

/** The names of `ext.` attributes that no module declares. */
export const unknownAttributes = (of: OwnerKind, owner: AttributeOwner): string[] =>
  (owner.attributes ?? [])
    .map(({ key }) => key)
    .filter((key) => key.startsWith('ext.') && !declared.has(idOf(of, key)))

/** Attributes of the owner under a former name: that name, and the new one. */
export const renamedAttributes = (of: OwnerKind, owner: AttributeOwner) =>
  (owner.attributes ?? []).flatMap(({ key }) => {
    const name = declared.get(idOf(of, key))?.name
    return name === undefined || name === key ? [] : [{ former: key, name }]
  })
