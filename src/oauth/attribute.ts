/** Settings of a service, client or scope that the contract has no property for: `ext.…`. */

interface Pair {
  key: string
  value?: string | undefined
}

export const attributeOf = (
  owner: { attributes?: readonly Pair[] | undefined },
  name: string,
): string | undefined => owner.attributes?.find(({ key }) => key === name)?.value
