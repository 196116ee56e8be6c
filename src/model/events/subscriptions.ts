/** Which endpoints get which events of a service. Kept beside its document, as its clock is. */

import type { Service } from '../service/service.ts'
import type { Subscription } from './event.ts'

const noted = new WeakMap<Service, readonly Subscription[]>()

export function noteSubscriptions(service: Service, subscriptions: readonly Subscription[]): void {
  if (subscriptions.length > 0) noted.set(service, subscriptions)
}

export const subscriptionsOf = (service: Service): readonly Subscription[] =>
  noted.get(service) ?? []
