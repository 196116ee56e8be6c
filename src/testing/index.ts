/** The export `postern/testing`: settings, flows and refusals for tests of others. */
export { refuseNext } from '../embedded/refuse-next.ts'
export { flows, issueToken, posternFixture } from './flows.ts'
export { clientAssertion, dpopProof } from './proofs.ts'
export { type Provisioned, provision } from './provision.ts'
export { seeded } from './seeded.ts'
export { clients, keys, services } from './settings.ts'
