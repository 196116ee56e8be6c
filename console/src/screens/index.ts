/** The screens: one line for each. Each is a chunk that is loaded when it is first shown. */
import type { ComponentType } from 'react'
import type { Right } from '../app/session.ts'
import { messages } from '../messages/screens.ts'

export interface Screen {
  /** Below `/console`; `:serviceId` stands for the current service. */
  path: string
  label: string
  /** Without it, the screen is neither linked nor shown. */
  right: Right
  /** Where the navigation has it; `none` for screens that others link to. */
  place: 'service' | 'installation' | 'none'
  load: () => Promise<{ Screen: ComponentType }>
}

const own = '/services/:serviceId'

// biome-ignore format: one line for each screen merges easily
export const screens: readonly Screen[] = [
  { path: '/services', label: messages.services, right: 'view_service', place: 'installation', load: () => import('./services/Services.tsx') },
  { path: own, label: messages.settings, right: 'view_service', place: 'service', load: () => import('./service/Service.tsx') },
  { path: `${own}/clients`, label: messages.clients, right: 'view_client', place: 'service', load: () => import('./clients/Clients.tsx') },
  { path: `${own}/explorer`, label: messages.explorer, right: 'use_service', place: 'service', load: () => import('./explorer/Explorer.tsx') },
  { path: `${own}/clients/:clientId`, label: messages.client, right: 'view_client', place: 'none', load: () => import('./client/Client.tsx') },
  { path: `${own}/lint`, label: messages.lint, right: 'view_service', place: 'service', load: () => import('./lint/Lint.tsx') },
  { path: `${own}/refusals`, label: messages.refusals, right: 'use_service', place: 'service', load: () => import('./refusals/Refusals.tsx') },
  { path: `${own}/grants`, label: messages.grants, right: 'use_service', place: 'service', load: () => import('./grants/Grants.tsx') },
  { path: `${own}/deliveries`, label: messages.deliveries, right: 'use_service', place: 'service', load: () => import('./deliveries/Deliveries.tsx') },
  { path: `${own}/events`, label: messages.events, right: 'modify_service', place: 'service', load: () => import('./events/Events.tsx') },
  { path: `${own}/audit`, label: messages.audit, right: 'view_audit_log', place: 'service', load: () => import('./audit/Audit.tsx') },
  { path: `${own}/keys`, label: messages.keys, right: 'view_service', place: 'service', load: () => import('./keys/Keys.tsx') },
  { path: '/tokens', label: messages.tokens, right: 'admin', place: 'installation', load: () => import('./tokens/Tokens.tsx') },
  { path: '/health', label: messages.health, right: 'admin', place: 'installation', load: () => import('./health/Health.tsx') },
]
