import { messages } from '../messages/app.ts'
import { dateTime, relative } from '../messages/messages.ts'

/** A moment: how long ago or ahead it is, with date and time when one points at it. */
export function Time({ at, isLong = false }: { at: number | undefined; isLong?: boolean }) {
  if (!at) return <>{messages.never}</>
  const full = dateTime(at)
  return (
    <time dateTime={new Date(at).toISOString()} title={full}>
      {isLong ? full : relative(at, Date.now())}
    </time>
  )
}
