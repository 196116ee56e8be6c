/** The package `postern`: Postern inside another process. */
export { PosternApiError } from './embedded/api.ts'
export { createPostern } from './embedded/postern.ts'
export type { Postern, PosternApi, PosternClock, PosternOptions } from './embedded/types.ts'
