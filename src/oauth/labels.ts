/** Labels, by which callers select services and clients in lists. */
import { isLabel, labelsAttribute, mostLabels } from '../model/summary.ts'
import { defineAttribute, words } from './attribute.ts'

const form = words(isLabel, mostLabels, 'labels of lower-case letters, digits and `._:/-`')

export const serviceLabels = defineAttribute({
  name: labelsAttribute,
  of: 'service',
  form,
  fallback: undefined,
  effect: 'Labels of the service, by which `/api/services` selects it.',
})

export const clientLabels = defineAttribute({
  name: labelsAttribute,
  of: 'client',
  form,
  fallback: undefined,
  effect: 'Labels of the client, by which `/api/{serviceId}/clients` selects it.',
})
