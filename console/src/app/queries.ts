/** How calls are cached: by their path, for a few seconds. */
import { QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { ApiError, get } from './api.ts'

const mostRetries = 2

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < mostRetries && isPassing(error),
      retryDelay: (count) => 300 * 2 ** count,
      queryFn: ({ queryKey, signal }) => get(String(queryKey[0]), { signal }),
    },
    mutations: { retry: false },
  },
})

/** The server asks for another attempt, or cannot be reached. */
const isPassing = (error: unknown) =>
  error instanceof ApiError && (error.status === 503 || error.status === 0)

interface Options {
  enabled?: boolean
  /** Shows the former answer while another path is read. */
  keep?: boolean
}

/** The answer of a GET. */
export const useGet = <Body>(path: string, { enabled = true, keep }: Options = {}) =>
  useQuery<Body, Error>({
    queryKey: [path],
    enabled,
    ...(keep ? { placeholderData: (former: unknown) => former as never } : {}),
  }) as UseQueryResult<Body, Error>

/** Reads again whatever begins with the path. */
export const refresh = (path: string) =>
  queries.invalidateQueries({
    predicate: ({ queryKey }) => String(queryKey[0]).startsWith(path),
  })
