/**
 * Shared steps of creating and updating services: checks of the settings, and splitting the secrets
 * from the document.
 */
import { refuseInvalid } from '../caller.ts'
import { type ServiceDocument, serviceSecrets } from '../model/service/service.ts'
import { splitSecrets } from '../model/split-secrets.ts'
import { findServiceProblems } from '../oauth/service/settings.ts'

/** Checks a document and returns its row; refuses with the first wrong property. */
export async function serviceRow(document: ServiceDocument) {
  const [problem] = await findServiceProblems(document)
  if (problem) refuseInvalid(problem.path, problem.message)
  return splitSecrets(document, serviceSecrets)
}
