/** Batches of tokens that the caller creates. */
import type { NewTokenBatch } from '../store/tables/token-batches.ts'

/** The status of a batch, as in responses and notifications. */
export const batchStatus = ({ requestId, createdAt, modifiedAt, data }: NewTokenBatch) => ({
  ...data,
  requestId,
  createdAt,
  modifiedAt,
})
