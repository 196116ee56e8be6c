/** Client identifiers: strings in the contract, but some official clients send numbers. */
import { z } from 'zod'

export const ClientIdText = z.union([z.string(), z.int().nonnegative().transform(String)])
