/** TypeScript types of the schemas and operations in the OpenAPI document. */

export interface Schema {
  $ref?: string
  type?: string | string[]
  description?: string
  enum?: unknown[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  additionalProperties?: Schema | boolean
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}
interface Parameter {
  name: string
  in: string
  required?: boolean
  description?: string
  schema: Schema
}
type Content = Record<string, { schema: Schema }>
interface Operation {
  summary?: string
  parameters?: Parameter[]
  requestBody?: { content: Content }
  responses: Record<string, { content?: Content }>
}
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

/** `token_request` is `TokenRequest`, and `g_m_request` is `GMRequest`. */
const nameOf = (schema: string): string =>
  schema.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())

const primitives: Record<string, string> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
}

function typeOf(schema: Schema, indent: string): string {
  const { $ref, type } = schema
  if ($ref) return nameOf($ref.replace('#/components/schemas/', ''))
  if (schema.enum) return schema.enum.map(literal).join(' | ')
  const alternatives = schema.anyOf ?? schema.oneOf
  if (alternatives) return alternatives.map((each) => typeOf(each, indent)).join(' | ')
  if (schema.allOf) return schema.allOf.map((each) => typeOf(each, indent)).join(' & ')
  if (Array.isArray(type)) {
    return type.map((each) => typeOf({ ...schema, type: each }, indent)).join(' | ')
  }
  if (type === 'array') return `Array<${typeOf(schema.items ?? {}, indent)}>`
  if (type === 'object') return objectType(schema, indent)
  if (type === undefined) return 'unknown'
  const primitive = primitives[type]
  if (primitive === undefined) throw new Error(`No type for ${JSON.stringify(schema)}`)
  return primitive
}

const literal = (value: unknown) =>
  typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value)

function objectType(schema: Schema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema
  const lines = Object.entries(properties).map(([name, property]) =>
    member(name, property, required.includes(name), `${indent}  `),
  )
  if (additionalProperties && lines.length === 0) {
    const values = additionalProperties === true ? {} : additionalProperties
    return `Record<string, ${typeOf(values, indent)}>`
  }
  return lines.length === 0 ? 'Record<string, unknown>' : `{\n${lines.join('')}${indent}}`
}

/** An optional member may be undefined, too: callers pass on what may be absent. */
function member(name: string, schema: Schema, isRequired: boolean, indent: string): string {
  const key = /^[\w$]+$/.test(name) ? name : literal(name)
  const type = typeOf(schema, indent)
  const whole = isRequired ? `${key}: ${type}` : `${key}?: ${type} | undefined`
  return `${comment(schema.description, indent)}${indent}${whole}\n`
}

const comment = (text: string | undefined, indent: string): string =>
  text ? `${indent}/** ${text.replaceAll('*/', '*\\/').replaceAll(/\s*\n\s*/g, ' ')} */\n` : ''

function declaration(name: string, schema: Schema): string {
  const body = typeOf(schema, '')
  const isInterface = body.startsWith('{') && body.endsWith('}')
  const head = comment(schema.description, '')
  const whole = isInterface
    ? `export interface ${nameOf(name)} ${body}`
    : `export type ${nameOf(name)} = ${body}`
  return `${head}${whole}\n`
}

/** The path of an operation below its service, or with `/api/` if it is not of one service. */
export const shortPath = (path: string): string => path.replace(/^\/api\/\{serviceId\}/, '')

const flags = ['true', 'false']

/** A parameter of path or query: a flag is a boolean, whatever its spellings are. */
function parameterType({ schema }: Parameter): string {
  const isFlag = schema.enum && flags.every((flag) => schema.enum?.includes(flag))
  const type = isFlag ? 'boolean' : typeOf(schema, '')
  return type.replaceAll(/ \| null\b/g, '')
}

function parametersType(parameters: Parameter[], place: string): string[] {
  const own = parameters.filter((each) => each.in === place && each.name !== 'serviceId')
  if (own.length === 0) return []
  const members = own.map((each) => {
    const type = place === 'path' ? 'string | number' : parameterType(each)
    const whole = each.required ? `${each.name}: ${type}` : `${each.name}?: ${type} | undefined`
    return `${comment(each.description, '        ')}        ${whole}\n`
  })
  return [`      ${place}: {\n${members.join('')}      }\n`]
}

/** Header fields that a call may have, by the options of the client. */
const fields: Record<string, string> = {
  'If-Match': 'ifMatch',
  'If-None-Match': 'ifNoneMatch',
  'Idempotency-Key': 'idempotencyKey',
}

function operationType(path: string, operation: Operation): string {
  const { parameters = [], requestBody, responses, summary } = operation
  const bodies = Object.values(requestBody?.content ?? {}).map(({ schema }) =>
    typeOf(schema, '      '),
  )
  const given = responses['200']?.content?.['application/json']?.schema
  const options = parameters.flatMap(({ name }) => (fields[name] ? [`'${fields[name]}'`] : []))
  return [
    `${comment(summary, '    ')}    '${shortPath(path)}': {\n`,
    ...parametersType(parameters, 'path'),
    ...parametersType(parameters, 'query'),
    ...(bodies.length > 0 ? [`      body: ${[...new Set(bodies)].join(' | ')}\n`] : []),
    ...(options.length > 0 ? [`      options: ${options.join(' | ')}\n`] : []),
    `      answer: ${given ? typeOf(given, '      ') : 'undefined'}\n`,
    '    }\n',
  ].join('')
}

/** The module of types: one for each schema, and all operations by method and path. */
export function typesOf({ paths, components }: OpenApi, introduction: string): string {
  const methods = [...new Set(Object.values(paths).flatMap((item) => Object.keys(item)))].sort()
  const operations = methods.map((method) => {
    const own = Object.entries(paths).flatMap(([path, item]) =>
      item[method] ? [operationType(path, item[method])] : [],
    )
    return `  ${method}: {\n${own.join('')}  }\n`
  })
  const schemas = Object.entries(components.schemas).map(([name, schema]) =>
    declaration(name, schema),
  )
  const all = `/** Operations by method and path. */\nexport interface Operations {\n${operations.join('')}}\n`
  return [introduction, all, ...schemas].join('\n')
}
