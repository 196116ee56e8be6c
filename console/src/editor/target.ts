/** The document that an editor is about: where it is read, checked and saved. */
import { call } from '../app/api.ts'
import { type Json, patchBetween } from './document.ts'
import type { Opened } from './draft.ts'
import type { Kind } from './forms.ts'

export interface Target {
  kind: Kind
  read: string
  patch: string
  lint: string
}

export const serviceTarget = (serviceId: string): Target => ({
  kind: 'service',
  read: `/api/${serviceId}/service/get`,
  patch: `/api/${serviceId}/service`,
  lint: `/api/${serviceId}/service/lint`,
})

export const clientTarget = (serviceId: string, clientId: string): Target => ({
  kind: 'client',
  read: `/api/${serviceId}/client/get/${clientId}`,
  patch: `/api/${serviceId}/clients/${clientId}`,
  lint: `/api/${serviceId}/client/lint/${clientId}`,
})

/** The whole document without secrets and private keys, which the console never shows. */
export async function read(target: Target): Promise<{ whole: Json; etag: string | undefined }> {
  const { body, etag } = await call<Json>('GET', `${target.read}?withoutSecrets=true`)
  return { whole: body, etag }
}

/** The properties that can be set. */
export function settable(whole: Json, names: readonly string[]): Json {
  return Object.fromEntries(
    names.filter((name) => whole[name] !== undefined).map((name) => [name, whole[name]]),
  )
}

interface Warned {
  warnings?: { code: string; property?: string; message: string }[]
}

const mergePatch = { 'Content-Type': 'application/merge-patch+json' }

/** What the server would say to the changes. Nothing is saved. */
export async function rehearse(target: Target, base: Opened, draft: Json): Promise<Warned> {
  const { body } = await call<Warned>('PATCH', `${target.patch}?dryRun=true`, {
    body: patchBetween(base.document, draft),
    ifMatch: base.etag,
    headers: mergePatch,
  })
  return body
}

/** Header fields are sent as Latin-1; the server reads them as UTF-8. */
const asField = (text: string) => String.fromCharCode(...new TextEncoder().encode(text))

/** Sends what changed, if the document is still the one that was read. */
export async function save(target: Target, base: Opened, draft: Json, reason = ''): Promise<void> {
  const why = reason.trim() === '' ? {} : { 'Postern-Reason': asField(reason.trim()) }
  await call('PATCH', target.patch, {
    body: patchBetween(base.document, draft),
    ifMatch: base.etag,
    headers: { ...mergePatch, ...why },
  })
}
