#!/usr/bin/env -S node --max-semi-space-size=64
/** The command `postern`. */
import { createProgram, explainFailure } from './cli/commands.ts'
import { serve } from './cli/serve.ts'

const fail = (summary: string) => (error: unknown) => {
  process.stderr.write(`${summary}: ${explainFailure(error)}\n`)
  process.exitCode = 1
}

createProgram(() => serve().catch(fail('Postern did not start')))
  .parseAsync()
  .catch(fail('Postern failed'))
