/** Texts of pages about codes, as HTML. */
import { Client } from '../../model/client/client.ts'
import { Service } from '../../model/service/service.ts'
import { declaredAttributes } from '../../oauth/attribute.ts'
import { escapeHtml } from '../../oauth/page.ts'

/** Code in backticks. */
export const marked = (text: string) => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>')

/** RFCs have a known address; other specifications are named. */
export function citation(spec: string): string {
  const [, number, section] = /^RFC (\d+)(?: §([\d.]+))?/.exec(spec) ?? []
  if (number === undefined) return escapeHtml(spec)
  const place = section === undefined ? '' : `#section-${section.replace(/\.$/, '')}`
  return `<a href="https://www.rfc-editor.org/rfc/rfc${number}${place}">${escapeHtml(spec)}</a>`
}

export function settingsOf(paths: readonly string[]): string {
  const items = paths.map(
    (path) => `<li><code>${escapeHtml(path)}</code>: ${marked(descriptionOf(path))}</li>`,
  )
  return `<ul>\n${items.join('\n')}\n</ul>`
}

/** What a property or attribute does, in the words of its definition. */
function descriptionOf(path: string): string {
  const [owner = '', ...rest] = path.split('.')
  const name = rest.join('.')
  const attribute = declaredAttributes().find((each) => each.name === name)
  if (attribute) return attribute.effect
  const shape: Record<string, { description?: string | undefined }> =
    owner === 'service' ? Service.shape : Client.shape
  return shape[name]?.description ?? ''
}

/** Names with what they stand for. */
export function definitions(parts: readonly [name: string, html: string][]): string {
  const items = parts.map(([name, text]) => `<dt>${name}</dt>\n<dd>${text}</dd>`)
  return `<dl>\n${items.join('\n')}\n</dl>`
}
