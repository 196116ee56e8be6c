/** Descriptions end with what they are based on: `… (RFC 6749 §5.1).` */

export function citationIn(description: string): { text: string; spec?: string | undefined } {
  const found = /^(.*?)\s*\(([^()]*§[^()]*)\)\.$/.exec(description)
  const [, text = '', spec] = found ?? []
  if (spec === undefined) return { text: description }
  return { text: /[.!?]$/.test(text) ? text : `${text}.`, spec }
}
