/** What the commands that call a running Postern have in common. */
import type { Command } from 'commander'
import type { Format, Shown } from '../../remote/output.ts'
import { say } from '../outcome.ts'

export interface Options {
  service?: string
  output?: string
  fields?: string
}

/** `--service`, `--output` and `--fields`. */
export const withService = (command: Command): Command =>
  command.option('--service <service>', 'the service: its apiKey, or its name')

export const withOutput = (command: Command): Command =>
  command
    .option('-o, --output <format>', 'table, json, yaml or ids; on a terminal a table')
    .option('--fields <names>', 'the members to print, separated by commas')

/** The variables that these commands read: POSTERN_URL, EDITOR and the like. */
export const environment = () => process.env

/** The connection of the environment or of the current context. */
export async function connect({ service }: Options) {
  const { connectionFrom } = await import('../../remote/contexts.ts')
  return connectionFrom(environment(), service)
}

/** Prints documents as the options say. */
export async function show(value: object, { output, fields }: Options, shown: Shown) {
  const { formatted, requireFormat, usualFormat } = await import('../../remote/output.ts')
  const format: Format = output === undefined ? usualFormat() : requireFormat(output)
  const names = fields?.split(',').map((name) => name.trim())
  say(await formatted(value as Record<string, unknown>, format, shown, names))
}
