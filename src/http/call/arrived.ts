/** A request that has arrived, whichever listener took it. */

export interface Arrived {
  readonly method: string
  /** The path of the URL. */
  readonly path: string
  /** The values of the parameters in the path. */
  readonly params: Record<string, string>
  /** A field of the header, by its name in lower case. */
  field(name: string): string | undefined
  query(): Record<string, string>
  /** The address of the sender as the socket has it; undefined without a socket. */
  remoteAddress(): string | undefined
  /** The whole body; refuses one of more than `limit` bytes. */
  read(limit: number): Promise<Uint8Array>
}
