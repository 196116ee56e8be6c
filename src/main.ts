#!/usr/bin/env -S node --max-semi-space-size=64 --no-memory-reducer
/** The command `postern`. */
import { createProgram } from './cli/commands.ts'
import { failed } from './cli/outcome.ts'

createProgram().parseAsync().catch(failed('Postern failed'))
