/** A batch of tokens that the caller creates. */
import type { NewTokenBatch } from '../store/tables/token-batches.ts'

/** The status as callers see it, here and when they are told. */
export const batchStatus = ({ requestId, createdAt, modifiedAt, data }: NewTokenBatch) => ({
  ...data,
  requestId,
  createdAt,
  modifiedAt,
})
