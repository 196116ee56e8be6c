/** How lists are cut: `start` inclusive, `end` exclusive, both from zero. */
import { z } from 'zod'

const largest = 1_000

const position = (byDefault: number) =>
  z.coerce.number().int().min(0).max(2_147_483_647).default(byDefault)

export const Page = z.object({
  start: position(0).describe('Index of the first item, from 0.'),
  end: position(5).describe('Index after the last item; at most 1,000 items come at once.'),
})

/** A page as the store reads it: never longer than the limit, never backwards. */
export const clamp = ({ start, end }: z.output<typeof Page>) => ({
  start,
  end: Math.min(Math.max(end, start), start + largest),
})
