/** Responses of the operations that sign what the service says about itself in a federation. */
import { z } from 'zod'
import type { ServiceContext } from '../../context.ts'
import { json, jwtDocument } from '../../http/relay.ts'
import { statementSeconds } from '../../oauth/federation/service/entity.ts'
import { errorBody, type Refusal } from '../../refusal.ts'
import { action, field } from '../fields.ts'

export const federationResponse = {
  action: action('OK', 'NOT_FOUND', 'INTERNAL_SERVER_ERROR'),
  responseContent: field.responseContent,
  cacheControl: z
    .string()
    .optional()
    .describe('How long the frontend and its caches may keep the response: Cache-Control.'),
}

export const federationRelay = (type: Parameters<typeof jwtDocument>[0]) => ({
  OK: jwtDocument(type),
  NOT_FOUND: json(404),
  INTERNAL_SERVER_ERROR: json(500),
})

/** The response with a signed document, which caches may keep for a tenth of its life. */
export const federationDocument = ({ service }: ServiceContext, responseContent: string) => ({
  action: 'OK' as const,
  responseContent,
  cacheControl: `public, max-age=${Math.floor(statementSeconds(service) / 10)}`,
})

/** OpenID Federation §8.9. What else is refused is a setting of the service. */
export const refuseFederation = ({ rule }: Refusal, { service }: ServiceContext) =>
  rule.error === 'not_found'
    ? { action: 'NOT_FOUND' as const, responseContent: errorBody(rule, service) }
    : {
        action: 'INTERNAL_SERVER_ERROR' as const,
        responseContent: errorBody({ ...rule, error: 'server_error' }, service),
      }
