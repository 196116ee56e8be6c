/** Members and parameters that the schemas of several operations have. */
import { z } from 'zod'
import { AuthzDetails } from '../model/authorization-details.ts'
import { GrantManagementAction } from '../model/enums.ts'
import { GrantView } from '../model/grant-management.ts'
import { Pair } from '../model/key-value.ts'
import { DynamicScope } from '../model/service/dynamic-scope.ts'
import { Scope } from '../model/service/scope.ts'

export const TicketInfo = z
  .object({
    context: z.string().max(65_536).optional().describe('Text that the caller keeps.'),
  })
  .meta({ id: 'authorization_ticket_info' })

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
  modifiedAt: z.int().optional().describe('When the user last granted, in milliseconds.'),
}
/** What is told of the request, when it is made and when its user code is entered. */
export const deviceRequestMembers = {
  clientId: z.int().optional().describe('Number of the client.'),
  clientIdAlias: z.string().optional().describe('Alias of the client.'),
  clientIdAliasUsed: z.boolean().optional().describe('Whether the client was named by its alias.'),
  clientName: z.string().optional().describe('Name of the client.'),
  scopes: z.array(Scope).optional().describe('The scopes that the device asks for.'),
  claimNames: z
    .array(z.string())
    .optional()
    .describe('Names of the claims that the device asks for, by scopes or one by one.'),
  acrs: z
    .array(z.string())
    .optional()
    .describe('Authentication context classes that are asked for, the best first.'),
  resources: z.array(z.string()).optional().describe('Resource indicators, RFC 8707.'),
  authorizationDetails: AuthzDetails.optional().describe('Authorization details, RFC 9396.'),
  serviceAttributes: z.array(Pair).optional().describe('Attributes of the service.'),
  clientAttributes: z.array(Pair).optional().describe('Attributes of the client.'),
  dynamicScopes: z
    .array(DynamicScope)
    .optional()
    .describe('Scopes of the request that carry a value.'),
  gmAction: GrantManagementAction.optional().describe('Grant management action.'),
  grantId: z.string().optional().describe('Identifier of the grant.'),
  grant: GrantView.optional().describe('The grant.'),
  grantSubject: z.string().optional().describe('Whom the grant is of.'),
  clientEntityId: z.string().optional().describe('Entity identifier of the client.'),
  clientEntityIdUsed: z
    .boolean()
    .optional()
    .describe('Whether the client was named by its entity identifier.'),
  metadataDocumentLocation: z
    .string()
    .optional()
    .describe('URL of the metadata document of the client.'),
  metadataDocumentUsed: z
    .boolean()
    .optional()
    .describe('Whether the client was named by the URL of its metadata.'),
}
