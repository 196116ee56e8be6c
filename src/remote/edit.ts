/** Settings in an editor: YAML without what is secret or has its default. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import type { Json } from './call.ts'
import type { Connection } from './contexts.ts'
import { change, type Place, read } from './documents.ts'
import { RemoteError } from './failure.ts'

/** Members that are not settings, or that no file should hold. */
const hidden = [
  ...['apiKey', 'apiSecret', 'number', 'serviceNumber', 'serviceOwnerNumber', 'clientId'],
  ...['createdAt', 'modifiedAt', 'lastUsedAt', 'clientSecret', 'jwks', 'federationJwks'],
  ...[
    'credentialJwks',
    'hsks',
    'pairwiseSubjectSalt',
    'warnings',
    'dynamicallyRegistered',
    'derivedSectorIdentifier',
  ],
]

/** `false`, `0`, and empty lists are the defaults of most settings. */
const isUsual = (value: unknown) =>
  value === false || value === 0 || value === null || (Array.isArray(value) && value.length === 0)

/** The settings that are shown. */
const shownOf = (document: Json): Json =>
  Object.fromEntries(
    Object.entries(document).filter(([name, value]) => !hidden.includes(name) && !isUsual(value)),
  )

/**
 * Opens the settings in the editor and sends what changed. Changes that others made after the
 * settings were read are not overwritten: the command fails.
 */
export async function edit(
  connection: Connection,
  place: Place,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  const editor = environment['VISUAL'] || environment['EDITOR']
  if (!editor) throw new RemoteError('usage', 'Set EDITOR to the editor of your choice.')
  const { body, tag } = await read(connection, place)
  const before = shownOf(body)
  const after = edited(editor, stringify(before))
  const patch = patchBetween(before, after)
  if (Object.keys(patch).length === 0) return 'Nothing changed.'
  await change(connection, place, patch, tag)
  return `Changed ${Object.keys(patch).join(', ')}.`
}

function edited(editor: string, text: string): Json {
  const folder = mkdtempSync(join(tmpdir(), 'postern-edit-'))
  const file = join(folder, 'settings.yaml')
  try {
    writeFileSync(file, text, { mode: 0o600 })
    const { status, error } = spawnSync(`${editor} "${file}"`, { stdio: 'inherit', shell: true })
    if (error || status !== 0) throw new RemoteError('failed', 'The editor ended with an error.')
    return documentOf(readFileSync(file, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function documentOf(text: string): Json {
  try {
    const document: unknown = parse(text)
    if (typeof document === 'object' && document !== null && !Array.isArray(document)) {
      return document
    }
  } catch (error) {
    throw new RemoteError('usage', `The text is no YAML: ${(error as Error).message}`)
  }
  throw new RemoteError('usage', 'The text has no object of settings.')
}

/** The members that differ, RFC 7396: null for one that was removed. */
export function patchBetween(before: Json, after: Json): Json {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const differing = [...names].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  )
  return Object.fromEntries(differing.map((name) => [name, after[name] ?? null]))
}
