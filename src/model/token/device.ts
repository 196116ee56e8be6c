/** The device of a user as the caller sees it, for lists of tokens that the user is shown. */
import { z } from 'zod'

export const Device = z.object({
  clientIp: z.string().optional(),
  userAgent: z.string().optional(),
})
export type Device = z.output<typeof Device>

/** Control characters, characters that reverse or hide text, and line separators. */
const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/** Text that is only shown: it is shortened, and never a reason to refuse a request. */
const shownText = (limit: number) =>
  z
    .string()
    .max(8_192)
    .transform((text) => {
      const visible = text.replace(invisible, '').trim()
      return visible === '' ? undefined : [...visible].slice(0, limit).join('')
    })
    .optional()

export const GivenIp = shownText(64)
export const GivenUserAgent = shownText(512)

interface Given {
  clientIp?: string | null | undefined
  userAgent?: string | null | undefined
}

/** What a call tells of the device; what it omits stays as it is known. */
export function deviceOf(given: Given, known: Given = {}): Device | undefined {
  const clientIp = given.clientIp ?? known.clientIp ?? undefined
  const userAgent = given.userAgent ?? known.userAgent ?? undefined
  return clientIp === undefined && userAgent === undefined ? undefined : { clientIp, userAgent }
}
