/** The file of a recording: a line of JSON for each call, and one for each answer, as they came. */
import { z } from 'zod'
import { RemoteError } from '../failure.ts'
import { jsonOf } from '../shadow/tree.ts'

export const recordingVersion = 1

const Headers = z.record(z.string(), z.string())

const Begin = z.object({ recording: z.literal(recordingVersion), at: z.int() })

const RecordedCall = z.object({
  /** The number of the call. */
  call: z.int(),
  /** When it came, in milliseconds since the epoch. */
  at: z.int(),
  method: z.string(),
  path: z.string().startsWith('/'),
  headers: Headers,
  body: z.string().optional(),
  /** A JWT of the client names what the server issued. */
  isBound: z.literal(true).optional(),
})
export type RecordedCall = z.output<typeof RecordedCall>

const RecordedAnswer = z.object({
  /** The number of the call. */
  answerOf: z.int(),
  /** Absent: there was no whole answer. */
  status: z.int().optional(),
  headers: Headers.optional(),
  body: z.string().optional(),
})
export type RecordedAnswer = z.output<typeof RecordedAnswer>

const Line = z.union([RecordedCall, RecordedAnswer])

/**
 * The lines of a recording, one after the other.
 *
 * @throws RemoteError for a line that is not one.
 */
export async function* linesOf(
  texts: AsyncIterable<string>,
): AsyncGenerator<RecordedCall | RecordedAnswer> {
  let number = 0
  for await (const text of texts) {
    number += 1
    const read = jsonOf(text)
    if (number === 1) {
      if (!Begin.safeParse(read).success) throw unreadable('It is not a recording.')
      continue
    }
    const line = Line.safeParse(read)
    if (!line.success) throw unreadable(`Line ${number} is not one of a recording.`)
    yield line.data
  }
  if (number === 0) throw unreadable('It is empty.')
}

const unreadable = (message: string) => new RemoteError('usage', message)
