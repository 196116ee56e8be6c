/** Names of members that a schema knows: for errors that suggest what was meant. */
import type { z } from 'zod'

interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  element?: z.ZodType
  innerType?: z.ZodType
  in?: z.ZodType
  out?: z.ZodType
}

/** The schema without its defaults, optionality and transformations. */
function plain(schema: z.ZodType): Definition {
  const definition: Definition = schema._zod.def
  if (definition.innerType) return plain(definition.innerType)
  if (definition.type === 'pipe' && definition.in && definition.out) {
    const input = plain(definition.in)
    return input.type === 'transform' ? plain(definition.out) : input
  }
  return definition
}

/** The names of the members of the object at a path, such as `clients.items.0`. */
export function namesAt(schema: z.ZodType, path: readonly string[]): string[] {
  const { shape, element } = plain(schema)
  const [name, ...below] = path
  if (name === undefined) return Object.keys(shape ?? {})
  const member = element ?? (shape && Object.hasOwn(shape, name) ? shape[name] : undefined)
  return member ? namesAt(member, below) : []
}

/** The name that is the most like the text, if one is like it at all. */
export function likeliest(text: string, names: readonly string[]): string | undefined {
  const longest = Math.max(2, Math.floor(text.length / 3))
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(text.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= longest)
    .sort((one, another) => one.distance - another.distance)
  return best?.name
}

const longestCompared = 100

/** How many characters are to be added, removed or replaced. */
function distanceOf(one: string, another: string): number {
  if (one.length > longestCompared) return one.length
  let row = Array.from({ length: another.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= another.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === another[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[another.length] ?? one.length
}
