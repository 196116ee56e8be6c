/** Members about a device request, in the responses of authorization and verification. */
import { field } from '../fields.ts'

export const deviceRequestMembers = {
  clientId: field.clientId,
  clientIdAlias: field.clientIdAlias,
  clientIdAliasUsed: field.clientIdAliasUsed,
  clientName: field.clientName,
  scopes: field.requestedScopes,
  claimNames: field.claimNames,
  acrs: field.acrs,
  resources: field.resources,
  authorizationDetails: field.authorizationDetails,
  serviceAttributes: field.serviceAttributes,
  clientAttributes: field.clientAttributes,
  dynamicScopes: field.dynamicScopes,
  gmAction: field.gmAction,
  grantId: field.grantId,
  grant: field.grant,
  grantSubject: field.grantSubject,
  clientEntityId: field.clientEntityId,
  clientEntityIdUsed: field.clientEntityIdUsed,
  metadataDocumentLocation: field.metadataDocumentLocation,
  metadataDocumentUsed: field.metadataDocumentUsed,
}
