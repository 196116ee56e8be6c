/**
 * Answers of one turn of the event loop are sent together. To send is to wake the reader, which
 * costs a process more than most calls do; a reader that is awake already costs nothing.
 */

/** So that a turn with many calls does not keep the first answers waiting for the last. */
const most = 16

interface Turn {
  readonly ended: Promise<void>
  end(): void
  answers: number
}

let turn: Turn | undefined

function begin(): Turn {
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const begun = { ended, end, answers: 0 }
  setImmediate(endTurn, begun)
  return begun
}

function endTurn(ending: Turn): void {
  if (turn === ending) turn = undefined
  ending.end()
}

/** Resolves once the calls that have arrived are answered, or enough of them. */
export function answersOfTurn(): Promise<void> {
  turn ??= begin()
  const { ended } = turn
  turn.answers += 1
  if (turn.answers >= most) endTurn(turn)
  return ended
}
