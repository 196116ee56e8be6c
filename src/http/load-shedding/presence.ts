/** Which services call at present: others are only considered while there are any. */
export class Presence {
  /** The time, as of the latest call. */
  now = Number.NEGATIVE_INFINITY
  private readonly milliseconds: number
  private latest = 0
  private latestAt = Number.NEGATIVE_INFINITY
  private formerAt = Number.NEGATIVE_INFINITY

  /** A service that called within `milliseconds` is there. */
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds
  }

  /** Calls of no service, which are those of an administrator, need nothing kept for them. */
  see(service: number): void {
    if (service === 0) return
    if (service !== this.latest) {
      this.formerAt = this.latestAt
      this.latest = service
    }
    this.latestAt = this.now
  }

  hasOthers(service: number): boolean {
    const at = service === this.latest ? this.formerAt : this.latestAt
    return this.now - at < this.milliseconds
  }
}
