/** The package `postern-client`: the client, and the types of the API. */
export { etagOf, requestIdOf } from './answers.ts'
export { createClient } from './client.ts'
export { PosternError, type RefusedBy } from './error.ts'
export type * from './generated/types.ts'
export type { CallOptions, ClientOptions, PosternClient, Preference } from './types.ts'
