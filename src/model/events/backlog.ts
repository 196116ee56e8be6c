/** How many events may wait for one endpoint of a service. */
import type { Service } from '../service/service.ts'

/** The attribute, which the rooms that write events cannot read as others do. */
export const backlogAttribute = 'ext.quota.waiting_events'
export const usualBacklog = 100_000
/** So many are counted by one statement. */
export const longestBacklog = 200_000

/** It was checked when the service was saved. */
export function mostWaiting({ attributes }: Pick<Service, 'attributes'>): number {
  const value = attributes?.find(({ key }) => key === backlogAttribute)?.value
  return value === undefined ? usualBacklog : Number(value)
}
