/** What is known of an answer beside its members: by the object, which stays as it is. */

interface About {
  /** The path of the operation, as it was called. */
  operation: string
  etag: string | undefined
  requestId: string | undefined
}

const known = new WeakMap<object, About>()

export const noteAnswer = (answer: object, about: About): void => {
  known.set(answer, about)
}

/** The operation that an answer is of; undefined for a copy, and for what no client received. */
export const operationOf = (answer: object): string | undefined => known.get(answer)?.operation

/** The entity tag of a document that a client received (RFC 9110 §8.8.3). */
export const etagOf = (answer: object): string | undefined => known.get(answer)?.etag

/** The id of the call that an answer is of, by which the log of the server has it. */
export const requestIdOf = (answer: object): string | undefined => known.get(answer)?.requestId
