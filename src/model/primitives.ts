/** Schemas of primitive values with their limits. */
import { z } from 'zod'

export const Text = z.string().max(8_192)
/** Key sets, policies and other documents inside a document. */
export const LongText = z.string().max(200_000)
export const Texts = z.array(Text).max(1_000)
/** An absolute URI. Rules of each property check its scheme and parts. */
export const Uri = z.string().max(2_048)
/** The canonical number of a service or client: 042 is not accepted for 42. */
export const isNumericId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text)
/** A duration in seconds, a length or another count. */
export const Count = z.int().min(0).max(2_147_483_647)
/** Whether databases can store the text: PostgreSQL refuses NUL, and UTF-8 lone surrogates. */
export const isStorable = (text: string): boolean => !unstorable.test(text)
const unstorable = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
/** Milliseconds since the epoch. */
export const Moment = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
