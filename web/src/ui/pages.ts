import type { InfiniteData } from '@tanstack/react-query'

interface Page<Row> {
  items: Row[]
  next_cursor?: string | null
}

/** How lists go on from page to page: for `$api.useInfiniteQuery`. */
export const PAGES = {
  pageParamName: 'cursor',
  // Nothing is sent for the first page.
  initialPageParam: null as unknown as string,
  getNextPageParam: (page: { next_cursor?: string | null }) => page.next_cursor ?? undefined,
}

interface InfiniteList<Row> {
  data?: InfiniteData<Page<Row>>
  error: unknown
  refetch: () => unknown
  hasNextPage: boolean
  fetchNextPage: () => unknown
  isFetchingNextPage: boolean
}

/** What a [`List`] shows of such a query. */
export function listed<Row>(query: InfiniteList<Row>) {
  return {
    rows: query.data?.pages.flatMap((page) => page.items),
    error: query.error,
    again: () => void query.refetch(),
    more: query.hasNextPage
      ? { fetch: () => void query.fetchNextPage(), isFetching: query.isFetchingNextPage }
      : undefined,
  }
}
