/** HTTP responses as plain values; a `Response` is created from them once, at the end. */

type Content = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> | null

export class HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Content

  constructor(status: number, headers: Readonly<Record<string, string>>, body: Content) {
    this.status = status
    this.headers = headers
    this.body = body
  }
}

export const jsonType = { 'Content-Type': 'application/json' } as const

export const jsonResponse = (
  value: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = jsonType,
): HttpResponse => new HttpResponse(status, headers, JSON.stringify(value))

/** RFC 9110 §15.4.5: the caller has the document already. */
export const notModified = (entityTag: string): HttpResponse =>
  new HttpResponse(304, { ETag: entityTag }, null)

export const emptyResponse = new HttpResponse(204, {}, null)
