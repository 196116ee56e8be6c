/** What the commands have in common that call servers by two sides: a primary, and a secondary. */
import { InvalidArgumentError } from 'commander'
import { environment } from './options.ts'

export function parseUrl(text: string): string {
  const isUrl = /^https?:\/\/[^/?#\s@]+(\/[^?#\s]*)?$/.test(text)
  if (isUrl) return text
  throw new InvalidArgumentError('It must be a URL such as http://127.0.0.1:7678.')
}

export function pair(text: string, pairs: Map<string, string>): Map<string, string> {
  const [, primary, secondary] = /^([^=\s]+)=([^=\s]+)$/.exec(text) ?? []
  if (primary === undefined || secondary === undefined) {
    throw new InvalidArgumentError('Write <primary>=<secondary>.')
  }
  return pairs.set(primary, secondary)
}

export const upTo = (most: number) => (text: string) => {
  if (/^\d{1,6}$/.test(text) && Number(text) <= most) return Number(text)
  throw new InvalidArgumentError(`It must be a number from 0 to ${most}.`)
}

export const names = (text: string): ReadonlySet<string> =>
  new Set(text.split(',').map((name) => name.trim()))

/** Standard output may be the report. */
export const tell = (lines: readonly string[]) => process.stderr.write(`${lines.join('\n')}\n`)

export const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => resolve())
  })

/** A token is no argument, which others could see. */
export async function tokenOf(
  side: 'primary' | 'secondary',
  file: string | undefined,
): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  const name = `POSTERN_${side.toUpperCase()}_TOKEN`
  const text = file === undefined ? environment()[name] : await readFile(file, 'utf8')
  const token = text?.trim()
  if (token && /^[\x21-\x7e]+$/.test(token)) return token
  const { RemoteError } = await import('../../remote/failure.ts')
  throw new RemoteError('usage', `Set ${name}, or use --${side}-token-file.`)
}
