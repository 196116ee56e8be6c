/** Schemas that operations of clients share: their paths, and the scopes that users granted. */
import { z } from 'zod'

export const ClientPath = z.object({
  clientId: z.string().min(1).max(255).describe('Number or alias of the client.'),
})

export const ClientIdentifierPath = z.object({
  clientIdentifier: z.string().min(1).max(255).describe('Number or alias of the client.'),
})

const Subject = z.string().min(1).max(255).describe('Unique identifier of the user.')
export const SubjectQuery = z.object({ subject: Subject.optional() })
export const SubjectPath = ClientPath.extend({ subject: Subject })

export const GrantedScopesShape = {
  serviceApiKey: z.int().describe('API key of the service.'),
  clientId: z.int().describe('Number of the client.'),
  subject: z.string().describe('Unique identifier of the user.'),
  latestGrantedScopes: z.array(z.string()).describe('The scopes of the latest grant.'),
  mergedGrantedScopes: z.array(z.string()).describe('The scopes of all grants together.'),
  modifiedAt: z.int().optional().describe('Time of the last grant, milliseconds since the epoch.'),
}
