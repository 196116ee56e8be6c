/** Finds members of a request body that are not in its schema. */
import type { z } from 'zod'

/** Adds the paths of unknown members to `found`. */
type Search = (value: unknown, path: string, found: string[]) => void

interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  catchall?: z.ZodType
  element?: z.ZodType
  innerType?: z.ZodType
  in?: z.ZodType
  out?: z.ZodType
}

const most = 10
const longestName = 100
const searches = new WeakMap<z.ZodType, { search: Search | undefined }>()

/**
 * The first ten paths, such as `scopes.0.nmae`. `alsoKnown` lists read-only members, which callers
 * may send back.
 */
export function unknownMembers(
  schema: z.ZodType,
  value: unknown,
  alsoKnown?: ReadonlySet<string>,
): string[] {
  const found: string[] = []
  searchOf(schema)?.(value, '', found)
  return alsoKnown ? found.filter((path) => !alsoKnown.has(path)) : found
}

/** Cached for each schema; undefined if the schema cannot have unknown members. */
function searchOf(schema: z.ZodType): Search | undefined {
  const known = searches.get(schema)
  if (known) return known.search
  const entry: { search: Search | undefined } = { search: undefined }
  searches.set(schema, entry)
  entry.search = makeSearch(schema)
  return entry.search
}

function makeSearch(schema: z.ZodType): Search | undefined {
  const definition = schema._zod.def as Definition
  if (definition.innerType) return searchOf(definition.innerType)
  if (definition.type === 'pipe' && definition.in && definition.out) {
    const input = definition.in._zod.def as Definition
    return searchOf(input.type === 'transform' ? definition.out : definition.in)
  }
  if (definition.element) return searchOfItems(definition.element)
  const { shape, catchall } = definition
  if (!shape) return undefined
  const takesAny = catchall !== undefined && (catchall._zod.def as Definition).type !== 'never'
  // Filled by the first search, because a schema may contain itself.
  let known: Map<string, Search | undefined> | undefined
  return (value, path, found) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    known ??= new Map(Object.entries(shape).map(([name, member]) => [name, searchOf(member)]))
    for (const name in value) {
      const below = known.get(name)
      if (below) below(value[name as never], `${path}${name}.`, found)
      else if (!(takesAny || known.has(name))) found.push(`${path}${name.slice(0, longestName)}`)
      if (found.length === most) return
    }
  }
}

function searchOfItems(element: z.ZodType): Search | undefined {
  const search = searchOf(element)
  return (
    search &&
    ((value, path, found) => {
      if (!Array.isArray(value)) return
      for (const [index, item] of value.entries()) {
        if (found.length === most) return
        search(item, `${path}${index}.`, found)
      }
    })
  )
}

/**
 * The read-only members of a document: callers send them back with the next update, so they are
 * known although the update ignores them. Undefined if body and response are not the same document.
 */
export function readOnlyMembers(
  body: z.ZodType | undefined,
  response: z.ZodType | undefined,
): ReadonlySet<string> | undefined {
  const [sent, answered] = [membersOf(body), membersOf(response)]
  const isDocument = sent.size > 0 && [...sent].every((name) => answered.has(name))
  return isDocument ? new Set([...answered].filter((name) => !sent.has(name))) : undefined
}

/** The members of an object schema or of an intersection. */
function membersOf(schema: z.ZodType | undefined): ReadonlySet<string> {
  const {
    shape = {},
    left,
    right,
  } = (schema?._zod.def ?? {}) as {
    shape?: object
    left?: z.ZodType
    right?: z.ZodType
  }
  if (left && right) return new Set([...membersOf(left), ...membersOf(right)])
  return new Set(Object.keys(shape))
}
