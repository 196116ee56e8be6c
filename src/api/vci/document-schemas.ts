/** Requests and responses of the documents of a credential issuer. */
import { z } from 'zod'
import { refuseAs } from '../../http/refuse-as.ts'
import { json } from '../../http/relay.ts'
import { action, field } from '../fields.ts'

const pretty = z.boolean().default(false).describe('Whether the document is indented.')

export const documentRequest = (id: string) => z.object({ pretty }).meta({ id })

export const documentResponse = {
  action: action('OK', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'),
  responseContent: field.responseContent,
}

export const documentRelay = {
  OK: json(200),
  NOT_FOUND: json(404),
  INTERNAL_SERVER_ERROR: json(500),
}

export const refuseDocument = refuseAs({
  server_error: 'INTERNAL_SERVER_ERROR',
  otherwise: 'NOT_FOUND',
})

export const documentText = (document: object, isPretty: boolean): string =>
  JSON.stringify(document, null, isPretty ? 2 : undefined)
