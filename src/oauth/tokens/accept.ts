/** Content negotiation by the Accept header, RFC 9110 §12.5.1. */

const quality = /^q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/i

/** The quality of a media range in an Accept header, from 0 to 1; undefined if not listed. */
export function qualityOf(accept: string, range: string): number | undefined {
  const qualities = accept.split(',').flatMap((entry) => {
    const [named = '', ...parameters] = entry.split(';').map((part) => part.trim())
    if (named.toLowerCase() !== range) return []
    const [, value] = parameters.map((each) => quality.exec(each)).find((match) => match) ?? []
    return [Number(value ?? 1)]
  })
  return qualities.length > 0 ? Math.max(...qualities) : undefined
}
