/** What goes back over HTTP, as plain values: a `Response` is made of them once, at the end. */

export class Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer> | null

  constructor(
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array<ArrayBuffer> | null,
  ) {
    this.status = status
    this.headers = headers
    this.body = body
  }
}

export const jsonType = { 'Content-Type': 'application/json' } as const

export const jsonAnswer = (
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = jsonType,
): Answer => new Answer(status, headers, JSON.stringify(value))

export const nothingAnswer = new Answer(204, {}, null)
