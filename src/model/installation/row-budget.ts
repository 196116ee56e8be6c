/** What a service may have many rows of, and is limited in. */

/**
 * `tokens` are access and refresh tokens, `grants` what users granted to clients, and the events of
 * an endpoint those that wait to be delivered to it.
 */
export type RowBudget = 'tokens' | 'grants' | `events ${number}`
