/** Two replies of HTTP, compared as answers of one operation. */
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import { type Comparison, type Difference, differencesOf } from './compare.ts'
import { jsonOf, type Tree, treeOf } from './tree.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: Buffer
}

/** What is compared of a reply. */
export interface Answer {
  readonly status: number
  readonly tree: Tree
  /** Header fields that say something to the caller. */
  readonly fields: Tree
}

const maxBytes = 4 * 1_024 * 1_024
const decoders: Record<string, (body: Buffer) => Buffer> = {
  gzip: (body) => gunzipSync(body, { maxOutputLength: maxBytes }),
  deflate: (body) => inflateSync(body, { maxOutputLength: maxBytes }),
  br: (body) => brotliDecompressSync(body, { maxOutputLength: maxBytes }),
}

/** The text of a reply; undefined if its encoding is not known. */
export const textOfReply = ({ headers, body }: Reply): string | undefined =>
  textOf(String(headers['content-encoding'] ?? ''), body)

export function answerOf(reply: Reply): Answer {
  const { status, headers } = reply
  const type = String(headers['content-type'] ?? '').split(';')[0]
  const text = textOfReply(reply)
  const value = text === undefined ? undefined : jsonOf(text)
  return {
    status,
    tree: treeOf(value ?? text),
    fields: treeOf({
      location: headers['location'],
      'www-authenticate': headers['www-authenticate'],
      'content-type': type === '' ? undefined : type,
    }),
  }
}

function textOf(encoding: string, body: Buffer): string | undefined {
  if (encoding === '' || encoding === 'identity') return body.toString()
  try {
    return decoders[encoding]?.(body).toString()
  } catch {
    return undefined
  }
}

const actionOf = ({ tree }: Answer): unknown =>
  typeof tree === 'object' && tree !== null && 'action' in tree ? tree['action'] : undefined

/**
 * The differences of two answers. If their actions differ, or the status, the members would differ
 * because of that, and are not compared.
 */
export function compareAnswers(
  primary: Answer,
  secondary: Answer,
  comparison: Comparison,
): Difference[] {
  const [action, other] = [actionOf(primary), actionOf(secondary)]
  if (action !== other) {
    return [{ cause: 'action', primary: named(action), secondary: named(other) }]
  }
  if (primary.status !== secondary.status) {
    return [{ cause: 'status', primary: primary.status, secondary: secondary.status }]
  }
  return [
    ...differencesOf(primary.fields, secondary.fields, comparison).map((each) => ({
      ...each,
      cause: each.cause.replace(' ', ' header '),
    })),
    ...differencesOf(primary.tree, secondary.tree, comparison),
  ]
}

const named = (action: unknown) =>
  typeof action === 'string' && /^[A-Z_]{1,60}$/.test(action) ? action : '(absent)'
