import { useQuery } from '@tanstack/react-query'
import { call } from '../../app/api.ts'
import type { messages } from '../../messages/events.ts'
import type { DeliveryState } from '../deliveries/columns.tsx'

export interface Endpoint {
  endpointId: number
  url: string
  types?: string[]
  description: string
  disabled: boolean
  /** Events that were not kept, because too many waited. */
  dropped: number
}

export type Status = keyof typeof messages.statuses

export interface Delivery extends DeliveryState {
  eventId: string
  endpointId: number
  type: string
  status: Status
}

const refreshMilliseconds = 5_000

/** What a call lists, read again every few seconds. */
export function useList<Found>(path: string, body: object) {
  return useQuery({
    queryKey: [path, body],
    queryFn: async () => (await call<Found>('POST', path, { body, background: true })).body,
    refetchInterval: refreshMilliseconds,
  })
}
