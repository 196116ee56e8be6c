/** Raw JSON text: what a parser would hide, or would spend time on. */

/** Whether the levels of objects and lists are within the limit, valid JSON or not. */
export function isShallow(text: string, depth: number): boolean {
  let level = 0
  for (let at = 0; at < text.length && level <= depth; at += 1) {
    const character = text[at]
    if (character === '"') at = endOfString(text, at)
    else if (character === '{' || character === '[') level += 1
    else if (character === '}' || character === ']') level -= 1
  }
  return level <= depth
}

/** A name that an object of the JSON text has twice; the text must be valid. */
export function repeatedMember(text: string): string | undefined {
  /** The names of each open object; undefined for an open list. */
  const open: (Set<string> | undefined)[] = []
  let isName = false
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]
    if (character === '"') {
      const end = endOfString(text, at)
      const names = open.at(-1)
      if (isName && names) {
        const name: string = JSON.parse(text.slice(at, end + 1))
        if (names.has(name)) return name
        names.add(name)
        isName = false
      }
      at = end
    } else if (character === '{' || character === '[') {
      isName = character === '{'
      open.push(isName ? new Set() : undefined)
    } else if (character === '}' || character === ']') open.pop()
    else if (character === ',') isName = open.at(-1) !== undefined
  }
  return undefined
}

/** The index of the quotation mark that ends the string. */
function endOfString(text: string, start: number): number {
  let at = start + 1
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1
  return at
}
