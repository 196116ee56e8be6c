#!/usr/bin/env -S node --max-semi-space-size=64
/** The command `postern`. */
import { createProgram, explainFailure } from './cli/commands.ts'

const fail = (summary: string) => (error: unknown) => {
  process.stderr.write(`${summary}: ${explainFailure(error)}\n`)
  process.exitCode = 1
}

/** Loaded to serve only: the other commands need a part of it, and start in a third of the time. */
const serve = async () => (await import('./cli/serve.ts')).serve()

createProgram(() => serve().catch(fail('Postern did not start')))
  .parseAsync()
  .catch(fail('Postern failed'))
