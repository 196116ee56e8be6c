/** The header Retry-After, RFC 9110 §10.2.3. */

/** Seconds, from a number of seconds or a date; undefined if the text is neither. */
export function retryAfterOf(text: string, now: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const at = /GMT$/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000))
}
