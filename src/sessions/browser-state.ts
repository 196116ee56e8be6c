/** The browser state that the OP iframe compares: OIDC Session Management §3. */
import type { ServiceContext } from '../context.ts'

/** A random value, which is not stored: the frontend keeps it in a readable cookie. */
export const newBrowserState = ({ system }: Pick<ServiceContext, 'system'>): string =>
  system.random.token(128)
