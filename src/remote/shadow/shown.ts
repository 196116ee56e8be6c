/** Values as a report has them: secrets and personal data by their shape only. */
import { isShown } from './names.ts'
import { Parsed, type Tree } from './tree.ts'

const longest = 120

/** What a value looks like, so that a JWT in place of an opaque token is seen. */
export function shapeOf(tree: Tree): string {
  if (tree instanceof Parsed) return tree.kind
  if (tree === null || tree === undefined) return 'absent'
  if (Array.isArray(tree)) return 'list'
  if (typeof tree !== 'string') return typeof tree
  if (tree === '') return 'empty'
  return /^urn:[a-z0-9][a-z0-9-]*:(?:[\w-]+:)*/i.exec(tree)?.[0] ?? 'text'
}

const sized = (tree: Tree): string => {
  if (tree instanceof Parsed) return `${tree.kind}, ${tree.raw.length} characters`
  if (Array.isArray(tree)) return `list of ${tree.length}`
  return typeof tree === 'string' ? `text, ${tree.length} characters` : shapeOf(tree)
}

/** In clear if the member is of the protocol, and the value is not long. */
export function shown(tree: Tree, name: string): string | number | boolean {
  const isPlain = typeof tree === 'string' || typeof tree === 'number'
  if (typeof tree === 'boolean') return tree
  if (isShown(name)) {
    if (isPlain && String(tree).length <= longest) return tree
    if (tree instanceof Parsed && tree.kind === 'url') return tree.raw.split(/[?#]/)[0] ?? ''
    const isList = Array.isArray(tree) && tree.every((each) => typeof each === 'string')
    if (isList && tree.join().length <= longest) return `[${tree.join(', ')}]`
  }
  return `(${sized(tree)})`
}
