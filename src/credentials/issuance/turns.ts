/** Large orders take turns, so that they do not slow down all other calls. */

/** Up to this number of credentials, an order need not wait. */
const small = 10
/** How many large orders are signed at once. */
const most = 4

let running = 0
const waiting: (() => void)[] = []

export async function inTurn<T>(credentials: number, work: () => Promise<T>): Promise<T> {
  if (credentials <= small) return work()
  if (running < most) running += 1
  else await new Promise<void>((resolve) => waiting.push(resolve))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    if (next) next()
    else running -= 1
  }
}
