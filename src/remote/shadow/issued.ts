/** What an answer issued: its credentials, by the path of their members. */
import { isMade } from './names.ts'
import { isBranch, Parsed, type Tree } from './tree.ts'

/** More is in no answer; further values stay unknown. */
const most = 100

/** Values by path. The same path in the answer of the other server has the value that it knows. */
export function issuedIn(tree: Tree): Map<string, string> {
  const found = new Map<string, string>()
  collect(tree, '', '', found)
  return found
}

/** Members of lists are left out: lists of two servers need not have the same order. */
function collect(tree: Tree, path: string, name: string, found: Map<string, string>): void {
  if (found.size >= most || Array.isArray(tree)) return
  if (tree instanceof Parsed) {
    // A JWT is a credential as a whole; its claims are not.
    if (tree.kind === 'jwt' || tree.kind === 'jwe') found.set(path, tree.raw)
    else collect(tree.content, path, name, found)
  } else if (isBranch(tree)) {
    for (const [member, value] of Object.entries(tree)) {
      collect(value, `${path}.${member}`, member, found)
    }
  } else if (typeof tree === 'string' && tree.length >= 6 && isMade(name)) {
    found.set(path, tree)
  }
}
