/**
 * Deadlines that count only the time in which the event loop ran. A process that stood still, for
 * want of a processor or in long work of its own, has heard no answer meanwhile: that is no fault
 * of the one who was to answer.
 */
const beatMilliseconds = 50
/** A beat that comes later than this says that the process stood still: no more of it counts. */
const mostOfBeat = 2 * beatMilliseconds

interface Open {
  until: number
  pass: () => void
}

const open = new Set<Open>()
let beating: NodeJS.Timeout | undefined
let ran = 0
let lastBeat = 0

/** Milliseconds in which the event loop ran: their differences say how long it ran. */
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
  // What has arrived by now is heard first.
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
 * Calls `pass` once the event loop has run for so long, unless the deadline is ended before by what
 * this returns. It keeps no process alive.
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

/** The outcome of what is waited for, or `late()` once the deadline has passed. */
export function withinDeadline<T>(
  milliseconds: number,
  awaited: Promise<T>,
  late: () => T | Promise<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settleLate = () => {
      // A failure that comes later still has nobody to hear it.
      awaited.catch(() => undefined)
      Promise.resolve().then(late).then(resolve, reject)
    }
    const end = startDeadline(milliseconds, settleLate)
    awaited.then(resolve, reject).finally(end)
  })
}
