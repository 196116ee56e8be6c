/** The operators of metadata policies, in the order of their application. */

type Scalar = string | number | boolean
export type Operand = Scalar | null | readonly Scalar[]

/** The member after an operator, undefined if it is absent; or why the operator refuses it. */
type Applied = { member: unknown } | { refusal: string }

interface Operator {
  accepts: (operand: unknown) => operand is Operand
  /** One operand for two policies; undefined if they contradict each other. */
  merge: (superior: Operand, subordinate: Operand) => Operand | undefined
  /** The later operators that may stand with this one, and when. */
  combinesWith: Readonly<Record<string, (own: Operand, other: Operand) => boolean>>
  apply: (member: unknown, operand: Operand) => Applied
}

const isBoolean = (value: unknown): value is boolean => typeof value === 'boolean'
/** Values that lists contain. Objects and lists in lists need not be supported. */
const isTerm = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'
const isScalar = (value: unknown): value is Scalar => isTerm(value) || isBoolean(value)
const isList = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every(isTerm)
const isValue = (value: unknown): value is Scalar | readonly Scalar[] =>
  isScalar(value) || (Array.isArray(value) && value.every(isScalar))

const listOf = (operand: Operand): readonly Scalar[] =>
  typeof operand === 'object' && operand !== null ? operand : []

const union = (one: Operand, other: Operand) => [...new Set([...listOf(one), ...listOf(other)])]

function intersection(one: Operand, other: Operand): readonly Scalar[] {
  const kept = new Set(listOf(other))
  return listOf(one).filter((each) => kept.has(each))
}

/** Whether the second has all values of the first. Only lists have values. */
function isSubset(part: Operand, whole: Operand): boolean {
  if (!Array.isArray(part) || !Array.isArray(whole)) return false
  const values = new Set(whole)
  return part.every((each) => values.has(each))
}

/** Equal as JSON: the order of a list counts. */
const same = (superior: Operand, subordinate: Operand) =>
  JSON.stringify(superior) === JSON.stringify(subordinate) ? superior : undefined

const always = () => true
const unsupported = { refusal: 'The policy has an operator that does not support this value.' }

const add: Operator = {
  accepts: isList,
  merge: union,
  combinesWith: { default: always, subset_of: isSubset, superset_of: always, essential: always },
  apply: (member, operand) => {
    if (member === undefined) return { member: union(operand, []) }
    if (!isList(member)) return unsupported
    const present = new Set<Scalar>(member)
    return { member: [...member, ...union(operand, []).filter((each) => !present.has(each))] }
  },
}

const one_of: Operator = {
  accepts: isList,
  merge: (superior, subordinate) => {
    const values = intersection(superior, subordinate)
    return values.length > 0 ? values : undefined
  },
  combinesWith: { essential: always },
  apply: (member, operand) => {
    if (member === undefined) return { member }
    if (!isTerm(member)) return unsupported
    if (listOf(operand).includes(member)) return { member }
    return { refusal: 'The value is not allowed by the policy.' }
  },
}

const subset_of: Operator = {
  accepts: isList,
  merge: intersection,
  combinesWith: { superset_of: (own, other) => isSubset(other, own), essential: always },
  apply: (member, operand) => {
    if (member === undefined) return { member }
    return isList(member) ? { member: intersection(member, operand) } : unsupported
  },
}

const superset_of: Operator = {
  accepts: isList,
  merge: union,
  combinesWith: { essential: always },
  apply: (member, operand) => {
    if (member === undefined) return { member }
    if (!isList(member)) return unsupported
    return isSubset(operand, member) ? { member } : { refusal: 'The policy requires more values.' }
  },
}

/** OpenID Federation §6.1.3.1. What a row does not list must not be combined. */
export const operators = {
  value: {
    accepts: (operand) => operand === null || isValue(operand),
    merge: same,
    combinesWith: {
      add: (own, other) => isSubset(other, own),
      default: (own) => own !== null,
      one_of: (own, other) => isTerm(own) && listOf(other).includes(own),
      // Null removes the member, and no value is within every list.
      subset_of: (own, other) => own === null || isSubset(own, other),
      superset_of: (own, other) => isSubset(other, own),
      essential: (own, other) => own !== null || other === false,
    },
    apply: (_member, operand) => ({ member: operand ?? undefined }),
  },
  add,
  default: {
    accepts: isValue,
    merge: same,
    combinesWith: {
      one_of: always,
      subset_of: always,
      superset_of: always,
      essential: always,
    },
    apply: (member, operand) => ({ member: member === undefined ? operand : member }),
  },
  one_of,
  subset_of,
  superset_of,
  essential: {
    accepts: isBoolean,
    merge: (superior, subordinate) => superior === true || subordinate === true,
    combinesWith: {},
    apply: (member, operand) =>
      member === undefined && operand === true
        ? { refusal: 'The policy requires this member.' }
        : { member },
  },
} satisfies Record<string, Operator>

export type OperatorName = keyof typeof operators

export const operatorNames = Object.keys(operators) as OperatorName[]

export const operatorOf = (name: OperatorName): Operator => operators[name]
