/** Reasons to refuse a client ID metadata document (CIMD), or its URL. */
import { defineRules } from '../../refusal.ts'

export const rules = defineRules('Client ID metadata', {
  malformed: {
    code: 'P019301',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The client_id must be a URL of at most 2048 characters.',
    fix: 'Send a `client_id` that is a URL in printable ASCII, at most 2048 characters long.',
  },
  schemeNotPermitted: {
    code: 'P019302',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The client_id URL must have the scheme https.',
    fix: 'Publish the metadata document with the scheme https, and use that URL.',
    settings: ['service.cimdHttpPermitted'],
  },
  userInformation: {
    code: 'P019303',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The client_id URL must not contain a user name or password.',
    fix: 'Remove the user name and the password from the `client_id` URL.',
  },
  fragment: {
    code: 'P019304',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The client_id URL must not contain a fragment.',
    fix: 'Remove the fragment from the `client_id` URL.',
  },
  pathMissing: {
    code: 'P019305',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The client_id URL must contain a path.',
    fix: 'Add a path to the `client_id` URL, at least `/`.',
  },
  dotSegment: {
    code: 'P019306',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The path of the client_id URL must not contain dot segments.',
    fix: 'Use the `client_id` URL without `.` and `..` in its path, also percent-encoded.',
  },
  queryNotPermitted: {
    code: 'P019307',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message: 'The client_id URL must not contain a query.',
    fix: 'Remove the query from the `client_id` URL, or permit queries.',
    settings: ['service.cimdQueryPermitted'],
  },
  notAllowed: {
    code: 'P019308',
    error: 'invalid_client',
    spec: 'CIMD §6.8',
    message: 'The client_id URL is not on the allowlist of the service.',
    fix: 'Add the URL or its host to the allowlist of the service.',
    settings: ['service.cimdAllowlist', 'service.cimdAllowlistEnabled'],
  },
  unreachable: {
    code: 'P019309',
    error: 'invalid_client',
    spec: 'CIMD §4.3',
    message: 'The client metadata document cannot be fetched.',
    fix: 'Publish the document at the URL with HTTP 200, without a redirect, at a public address that this server reaches.',
    settings: ['service.clientIdMetadataDocumentSupported'],
  },
  notJson: {
    code: 'P019310',
    error: 'invalid_client',
    spec: 'CIMD §4.1',
    message: 'The client metadata document is not a JSON object.',
    fix: 'Serve the document as a JSON object with the media type application/json.',
  },
  otherClient: {
    code: 'P019311',
    error: 'invalid_client',
    spec: 'CIMD §4.1',
    message:
      'The client_id in the client metadata document does not match the URL of the document.',
    fix: 'Set `client_id` in the document to its URL, character by character.',
  },
  secretPresent: {
    code: 'P019312',
    error: 'invalid_client',
    spec: 'CIMD §4.1',
    message: 'The client metadata document must not contain a client secret.',
    fix: 'Remove `client_secret` and `client_secret_expires_at` from the document.',
  },
  secretNeeded: {
    code: 'P019313',
    error: 'invalid_client',
    spec: 'CIMD §4.1',
    message:
      'The client metadata document uses a method or algorithm that requires a client secret.',
    fix: 'Use `none`, `private_key_jwt` or mutual TLS and asymmetric algorithms in the document.',
  },
  policyViolated: {
    code: 'P019314',
    error: 'invalid_client',
    spec: 'OpenID Federation §6.1.3',
    message:
      'The client metadata document does not comply with the metadata policy of the service.',
    fix: 'Change the document as the policy demands, or change the policy.',
    settings: ['service.cimdMetadataPolicy', 'service.cimdMetadataPolicyEnabled'],
  },
  metadataInvalid: {
    code: 'P019315',
    error: 'invalid_client',
    spec: 'RFC 7591 §2',
    message: 'The client metadata document contains metadata that is not valid.',
    fix: 'Correct the member of the document that the evidence names.',
  },
  ambiguousPath: {
    code: 'P019316',
    error: 'invalid_client',
    spec: 'CIMD §3',
    message:
      'The client_id URL must not contain a semicolon, encoded delimiter or control character.',
    fix: 'Use a `client_id` URL whose path has no semicolon, no control character and no encoded delimiter.',
  },
  tooManyClients: {
    code: 'P019318',
    error: 'invalid_client',
    spec: 'CIMD §6.6',
    message:
      'The service has reached its limit of clients with a metadata document, and all of them are in use.',
    fix: 'Raise the limit, or let unused clients be removed earlier.',
    settings: [
      'service.ext.client_id_metadata.limit',
      'service.ext.client_id_metadata.unused_days',
    ],
  },
  notNormal: {
    code: 'P019317',
    error: 'invalid_client',
    spec: 'RFC 3986 §6.2.2',
    message: 'The client_id URL must be normalized: a host in lower case, no default port.',
    fix: 'Write the `client_id` URL with a host in lower case and without the default port.',
  },
})
