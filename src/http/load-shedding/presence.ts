/** Tracks whether several services call at present, which is when slots must be shared. */
export class Presence {
  /** The time of the latest call. */
  now = Number.NEGATIVE_INFINITY
  private readonly milliseconds: number
  private latest = 0
  private latestAt = Number.NEGATIVE_INFINITY
  private formerAt = Number.NEGATIVE_INFINITY

  /** A service that called within `milliseconds` counts as present. */
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds
  }

  /** Calls without a service (0), by administrators, do not count. */
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
