/** The kinds of values that documents are made of, and their bounds. */
import { z } from 'zod'

export const Text = z.string().max(8_192)
/** Key sets, policies and other documents inside a document. */
export const LongText = z.string().max(200_000)
export const Texts = z.array(Text).max(1_000)
/** An absolute URI; which schemes and parts it may have is a rule of the property. */
export const Uri = z.string().max(2_048)
/** A number that names a service or client, in its one spelling: 042 is not 42. */
export const isNumericId = (text: string): boolean => /^[1-9]\d{0,15}$/.test(text)
/** Seconds, lengths and the like. */
export const Count = z.int().min(0).max(2_147_483_647)
/** Text with a NUL or half a surrogate pair is no text to a database, nor to anyone else. */
export const isStorable = (text: string): boolean => !unstorable.test(text)
const unstorable = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
/** Milliseconds since the epoch. */
export const Moment = z.int().min(0).max(Number.MAX_SAFE_INTEGER)
