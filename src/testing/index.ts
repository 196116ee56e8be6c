/** The export `postern/testing`: settings, flows and refusals for tests of others. */
export { refuseNext } from '../embedded/refuse-next.ts'
export { flows, issueToken, type Provisioned, posternFixture, provision } from './flows.ts'
export { seeded } from './seeded.ts'
export { clients, keys, services } from './settings.ts'
