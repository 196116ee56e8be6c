/** Pagination of lists: `start` inclusive, `end` exclusive, both from zero. */
import { z } from 'zod'

const largest = 1_000

const position = (byDefault: number) =>
  z.coerce.number().int().min(0).max(2_147_483_647).default(byDefault)

export const Page = z.object({
  start: position(0).describe('Index of the first item, from 0.'),
  end: position(5).describe('Index after the last item; a page has at most 1,000 items.'),
})

/** A page with at most 1,000 items and `end` not before `start`. */
export const clamp = ({ start, end }: z.output<typeof Page>) => ({
  start,
  end: Math.min(Math.max(end, start), start + largest),
})
