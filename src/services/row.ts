/**
 * What creating and updating a service have in common: its settings are checked, and its secrets
 * set apart.
 */
import { refuseInvalid } from '../caller.ts'
import { type ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { splitSecrets } from '../model/split-secrets.ts'
import { findServiceProblems } from '../oauth/service/settings.ts'

/** Refuses a document that the rules of its properties forbid, naming the first that is wrong. */
export async function serviceRow(document: ServiceDocument) {
  const [problem] = await findServiceProblems(document)
  if (problem) refuseInvalid(problem.path, problem.message)
  return splitSecrets(document, serviceSecrets)
}
