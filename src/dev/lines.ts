/** What `postern dev` prints: addresses, and lines to copy. */
import { clientIds, type Seeded } from './seed.ts'

interface Started extends Seeded {
  url: string
  issuer: string
  adminToken: string
}

export function copyableLines(started: Started, consoleLink: string): string[] {
  const { url, issuer, adminToken, serviceId, apiToken, clientSecret } = started
  return [
    'Postern runs for development: in memory, on this machine only. All data are lost at its end.',
    '',
    `  issuer      ${issuer}  (login: ${issuer}/sessions)`,
    `  users       alice / alice-password, bob / bob-password`,
    `  API         ${url}/api  (reference: ${url}/docs)`,
    `  console     ${consoleLink}  (once, within ten minutes)`,
    '',
    'For an application, with any redirect URI on the loopback interface:',
    '',
    `  client_id=${clientIds.web}  client_secret=${clientSecret}`,
    `  client_id=${clientIds.app}  (public, with PKCE)`,
    '',
    'For the commands of this package and the pages in docs:',
    '',
    `export POSTERN_URL=${url}`,
    `export POSTERN_SERVICE=${serviceId}`,
    `export POSTERN_TOKEN=${adminToken}`,
    '',
    'For a frontend with an SDK of Authlete:',
    '',
    `export AUTHLETE_BASE_URL=${url}`,
    `export AUTHLETE_SERVICE_ID=${serviceId}`,
    `export AUTHLETE_BEARER=${apiToken}`,
    '',
    'Next: get a token',
    '',
    `curl -s ${issuer}/token -u '${clientIds.web}:${clientSecret}' -d grant_type=client_credentials`,
    '',
    'Ctrl-C stops it.',
  ]
}
