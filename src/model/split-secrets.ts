/** Splits a document into properties that are stored in the clear and those that are sealed. */
export function splitSecrets(document: object, secretNames: readonly string[]) {
  const members = Object.entries(document).filter(([, value]) => value !== undefined)
  const isSecret = ([name]: [string, unknown]) => secretNames.includes(name)
  return {
    data: Object.fromEntries(members.filter((member) => !isSecret(member))),
    secrets: Object.fromEntries(members.filter(isSecret)),
  }
}
