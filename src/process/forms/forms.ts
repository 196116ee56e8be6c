/**
 * What a person needs to fill in the settings of a service or client, as one document: generated
 * from the schemas, attributes and rules into `console/src/editor/forms.json`.
 */
import { z } from 'zod'
import { ClientDocument, clientSecrets } from '../../model/client/client.ts'
import { type Family, families } from '../../model/properties/family.ts'
import { withoutEffect } from '../../model/properties/without-effect.ts'
import { ServiceDocument, serviceSecrets } from '../../model/service/service.ts'
import type { Attribute, OwnerKind } from '../../oauth/attribute.ts'
import type { CatalogueEntry } from '../../refusal.ts'
import { type Control, controlOf, type JsonSchema } from './control.ts'
import { citationIn } from './sentence.ts'

interface Setting {
  name: string
  family: Family
  control: Control
  /** The default as JSON; absent if a property that is not set is absent. */
  fallback?: unknown
  says: string
  spec?: string | undefined
  isSecret?: true
  noEffect?: string | undefined
  /** Codes of rules that the setting decides. A test fires each. */
  rules?: string[]
}

const documents = {
  service: { schema: ServiceDocument, secrets: serviceSecrets as readonly string[] },
  client: { schema: ClientDocument, secrets: clientSecrets as readonly string[] },
}

export function forms(
  attributes: readonly Attribute<unknown>[],
  rules: readonly CatalogueEntry[],
): string {
  const sections = Object.entries(documents).map(([kind, { schema, secrets }]) => [
    kind,
    Object.entries(schema.shape).map(([name, property]) => ({
      ...settingOf(name, property, secrets),
      ...proofs(`${kind}.${name}`, rules),
    })),
  ])
  const known = (['service', 'client', 'scope'] as const).map((kind) => [
    kind,
    attributes
      .filter(({ of }) => of === kind)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((attribute) => ({ ...named(attribute), ...proofs(`${kind}.${attribute.name}`, rules) })),
  ])
  const made = { families, ...Object.fromEntries(sections), attributes: Object.fromEntries(known) }
  return printed(made)
}

function settingOf(name: string, property: z.ZodType, secrets: readonly string[]): Setting {
  const schema = z.toJSONSchema(property, { io: 'input', reused: 'inline' }) as JsonSchema
  const { text, spec } = citationIn(property.description ?? '')
  return {
    name,
    family: property.meta()?.family ?? 'attributes',
    control: controlOf(name, schema, text),
    fallback: schema.default,
    says: text,
    spec,
    ...(secrets.includes(name) ? { isSecret: true as const } : {}),
    noEffect: withoutEffect(name),
  }
}

function named({ name, formerly, form, fallback, effect, spec }: Attribute<unknown>) {
  const { input, expected } = form
  return { name, formerly, input, expected, fallback, says: effect, spec }
}

/** Rules that name the setting as one that decides. */
function proofs(setting: string, entries: readonly CatalogueEntry[]): { rules?: string[] } {
  const rules = entries
    .filter((entry) => 'settings' in entry && entry.settings?.includes(setting))
    .map(({ code }) => code)
    .sort()
  return rules.length > 0 ? { rules } : {}
}

/** One setting in each line, so that changes can be read. */
function printed(made: Record<string, unknown>): string {
  const lines = (value: unknown): string => {
    if (!Array.isArray(value)) return JSON.stringify(value)
    return `[\n${value.map((each) => JSON.stringify(each)).join(',\n')}\n]`
  }
  const { attributes, ...sections } = made as { attributes: Record<OwnerKind, unknown> }
  const parts = [
    ...Object.entries(sections).map(([name, value]) => `${JSON.stringify(name)}: ${lines(value)}`),
    `"attributes": {\n${Object.entries(attributes)
      .map(([kind, value]) => `${JSON.stringify(kind)}: ${lines(value)}`)
      .join(',\n')}\n}`,
  ]
  return `{\n${parts.join(',\n')}\n}\n`
}
