/** Where a claim of the policy gets its value: a path into the user's attributes, or a literal. */
import { ExactNumber } from '../../model/exact-json.ts'

/** The value of a claim before it is converted; undefined if there is none. */
export type ReadValue = (attributes: Record<string, unknown>) => unknown

const pathSyntax = /^[^.[\]]+(?:\.[^.[\]]+|\[\d{1,4}\])*$/
const mostSteps = 10

/** Names that reach the prototype of an object instead of its members. */
export const isUnsafeName = (name: string): boolean =>
  name === '__proto__' || name === 'constructor' || name === 'prototype'

/** The names of a path such as `emails[0].value`; undefined if the text is not a path. */
export function parsePath(text: string): readonly string[] | undefined {
  if (text.length > 1_000 || !pathSyntax.test(text)) return undefined
  const steps = text.replaceAll('[', '.').replaceAll(']', '').split('.')
  return steps.length > mostSteps || steps.some(isUnsafeName) ? undefined : steps
}

/** Reads own members of objects and elements of arrays, and nothing else. */
export function readPath(steps: readonly string[]): ReadValue {
  const [first = '', ...rest] = steps
  if (rest.length === 0) {
    return (attributes) => (Object.hasOwn(attributes, first) ? attributes[first] : undefined)
  }
  const way = steps.map((step) => ({ step, isIndex: /^\d+$/.test(step) }))
  return (attributes) => {
    let value: unknown = attributes
    for (const { step, isIndex } of way) {
      if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return
      if ((Array.isArray(value) && !isIndex) || !Object.hasOwn(value, step)) return
      value = value[step as never]
    }
    return value
  }
}
