/**
 * Deadlines that count only the time in which the event loop runs. During a stall, by a lack of CPU
 * or by long computations, the process cannot receive responses, so that time must not count.
 */
const beatMilliseconds = 50
/** A later beat means that the process stalled: at most this much of the time counts. */
const mostOfBeat = 2 * beatMilliseconds

interface Open {
  until: number
  pass: () => void
}

const open = new Set<Open>()
let beating: NodeJS.Timeout | undefined
let ran = 0
let lastBeat = 0

/** The total milliseconds in which the event loop ran, for computing differences. */
const runningTime = (now: number): number => ran + Math.min(now - lastBeat, mostOfBeat)

function beat(): void {
  if (open.size === 0) {
    clearInterval(beating)
    beating = undefined
    return
  }
  const now = performance.now()
  ran = runningTime(now)
  lastBeat = now
  // Data that have already arrived are processed first.
  setImmediate(expire)
}

function expire(): void {
  for (const deadline of open) {
    if (deadline.until > ran) continue
    open.delete(deadline)
    deadline.pass()
  }
}

/**
 * Calls `pass` once the event loop has run for the time. Returns a function that ends the deadline
 * before that. A deadline does not keep the process alive.
 */
export function startDeadline(milliseconds: number, pass: () => void): () => void {
  const now = performance.now()
  if (beating === undefined) {
    lastBeat = now
    beating = setInterval(beat, beatMilliseconds).unref()
  }
  const deadline = { until: runningTime(now) + milliseconds, pass }
  open.add(deadline)
  return () => open.delete(deadline)
}

/** The outcome of a promise, or of `late()` once the deadline has passed. */
export function withinDeadline<T>(
  milliseconds: number,
  awaited: Promise<T>,
  late: () => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settleLate = () => {
      // A later failure must not become an unhandled rejection.
      awaited.catch(() => undefined)
      Promise.resolve().then(late).then(resolve, reject)
    }
    const end = startDeadline(milliseconds, settleLate)
    awaited.then(resolve, reject).finally(end)
  })
}
