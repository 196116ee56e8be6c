/** Splits a document into what may lie open in the database and what is sealed there. */
export function splitSecrets(document: object, secretNames: readonly string[]) {
  const members = Object.entries(document).filter(([, value]) => value !== undefined)
  const isSecret = ([name]: [string, unknown]) => secretNames.includes(name)
  return {
    data: Object.fromEntries(members.filter((member) => !isSecret(member))),
    secrets: Object.fromEntries(members.filter(isSecret)),
  }
}
