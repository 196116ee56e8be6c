/** Server-sent events of the API, read by fetch: calls of a session need a header field. */
import { ApiError } from './api.ts'

export interface StreamEvent {
  event: string
  data: unknown
}

/** The events until the stream ends. Throws an ApiError if it cannot be opened. */
export async function* eventsOf(path: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const response = await fetch(`/console${path}`, {
    credentials: 'same-origin',
    headers: { 'Postern-Console': 'background', Accept: 'text/event-stream' },
    signal,
  }).catch(() => {
    throw new ApiError(0, {})
  })
  if (!response.ok || !response.body) {
    throw new ApiError(response.status, await response.json().catch(() => ({})))
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }))
    if (done) return
    const messages = `${rest}${value ?? ''}`.split('\n\n')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const [, event] = /^event: (.*)$/m.exec(message) ?? []
      const [, data] = /^data: (.*)$/m.exec(message) ?? []
      if (event && data) yield { event, data: JSON.parse(data) }
    }
  }
}
