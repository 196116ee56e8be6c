/** What an examination of an installation has found. */
import { z } from 'zod'

export const Finding = z.object({
  check: z.string().describe('The name of the check.'),
  level: z
    .enum(['ok', 'warning', 'error', 'skipped'])
    .describe('`skipped`: the check has nothing to look at here.'),
  what: z.string().describe('What is so.'),
  why: z.string().optional().describe('Why it matters.'),
  mend: z.string().optional().describe('The command or the setting that mends it.'),
})
export type Finding = z.output<typeof Finding>

export const Examination = z.object({
  findings: z.array(Finding).describe('The checks, as `postern doctor` prints them.'),
  databaseBytes: z
    .int()
    .optional()
    .describe('The size of the database in bytes; absent if it is in memory or does not answer.'),
  replicas: z
    .int()
    .optional()
    .describe('How many replicas PostgreSQL sends its log to; absent for SQLite.'),
  replicationLagMilliseconds: z
    .int()
    .optional()
    .describe(
      'How far the slowest replica is behind, in milliseconds; absent if the database does not tell.',
    ),
  sweepLagMilliseconds: z
    .int()
    .describe('How long ago the row expired that should have been removed first, in milliseconds.'),
  sweepDue: z
    .array(
      z
        .object({
          table: z.string().describe('The table.'),
          rows: z.int().describe('How many rows; 10,000 if there are that many or more.'),
        })
        .meta({ id: 'sweep_due' }),
    )
    .describe('The tables with rows that have expired and are not yet removed.'),
})
export type Examination = z.output<typeof Examination>

/** `probeSeconds`: how long the load balancer needs to notice that a process is about to end. */
export type Examine = (probeSeconds?: number) => Promise<Examination>
