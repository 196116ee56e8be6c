/** Calls that are not rehearsed, or may end otherwise than their dry runs, and why. */

interface Difference {
  operation: string
  /** Status, action and result code of the dry run. */
  dry: string
  real: string
  reason: string
}

const differences: readonly Difference[] = [
  {
    operation: '/federation/resolve',
    dry: '200 NOT_FOUND P139005',
    real: '200 OK P139901',
    reason: 'A dry run does not know the trust chains that the process remembers.',
  },
]

export const isExpected = (operation: string, dry: string, real: string): boolean =>
  differences.some((each) => each.operation === operation && each.dry === dry && each.real === real)

/** By the title of the test. */
const unrepeatable: Record<string, string> = {
  'that is deleted while its request is checked leaves no request behind':
    'The test deletes the client while it answers a fetch, which the dry run makes first.',
  'is counted by the metric of wrong credentials if it is wrong':
    'The test hears the channel of guesses, which metrics leave out of dry runs.',
  'leaves no issued credential, and the request open':
    'The test breaks the commits of its store, which a dry run does not call.',
  'begins again, and ends as if it had come later':
    'The test makes a call while it answers the first fetch.',
  'is refused for now if its federation is slow, and accepted when it comes again':
    'The test ends the fetch of the call that waits last, and the dry run has one of its own.',
}

export const isUnrepeatable = (test: string): boolean =>
  Object.keys(unrepeatable).some((title) => test.endsWith(title))
