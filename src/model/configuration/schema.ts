/** The JSON Schema of configuration files, for editors. */
import { z } from 'zod'
import { ConfigurationFile } from './file.ts'

/** The text of `schema/service.json`. Members that the format does not have are errors. */
export function fileSchema(): string {
  const schema = z.toJSONSchema(ConfigurationFile, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      if (jsonSchema.properties) jsonSchema.additionalProperties ??= false
    },
  })
  return `${JSON.stringify(schema, null, 2)}\n`
}
