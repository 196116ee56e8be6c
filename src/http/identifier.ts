/** Identifiers of clients: the contract says text, and some official clients send the number. */
import { z } from 'zod'

export const ClientIdText = z.union([z.string(), z.int().nonnegative().transform(String)])
