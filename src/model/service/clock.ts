/**
 * The clocks of services. That of a test service may have been moved forward; all others show the
 * time of the process.
 */
import type { Service } from './service.ts'

const moved = new WeakMap<Service, number>()

/** Notes how far the clock of the service is ahead of the process, in milliseconds. */
export function noteAhead(service: Service, ahead: number): void {
  if (ahead > 0) moved.set(service, ahead)
}

export const aheadOf = (service: Service): number => moved.get(service) ?? 0

/** The time of a service where there is no request. */
export const timeOf = (service: Service, clock: () => number): number => clock() + aheadOf(service)
