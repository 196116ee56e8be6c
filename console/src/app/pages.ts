/** Lists that are read page by page: each answer names where the next page begins. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { get, withQuery } from './api.ts'

interface Paged {
  next?: string
}

/** The items of the pages so far, and the next page. */
export function usePages<Answer extends Paged, Item>(
  path: string,
  query: Record<string, string | number | undefined>,
  itemsOf: (answer: Answer) => readonly Item[],
) {
  const read = useInfiniteQuery({
    queryKey: [withQuery(path, query)],
    queryFn: ({ pageParam, signal }) =>
      get<Answer>(withQuery(path, { ...query, after: pageParam }), { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next }: Answer) => next,
    placeholderData: (former) => former,
  })
  const { data, error, isPlaceholderData, isFetching, hasNextPage, fetchNextPage, refetch } = read
  return {
    items: data?.pages.flatMap(itemsOf),
    error,
    isBusy: isPlaceholderData && isFetching,
    hasMore: hasNextPage,
    more: () => void fetchNextPage(),
    retry: () => void refetch(),
  }
}
