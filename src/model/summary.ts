/**
 * What lists show of services and clients, and what these are searched by. It is stored beside the
 * document whenever that is saved, so that a list reads no documents.
 */
import { z } from 'zod'
import { traitColumn } from './client/traits.ts'
import { configurationKeyAttribute, isConfigurationKey } from './configuration/parts.ts'

const Shown = z.string().nullish()

export const ServiceSummary = z.object({
  serviceName: Shown,
  issuer: Shown,
  labels: z.array(z.string()).nullish(),
  key: Shown,
})
export type ServiceSummary = z.output<typeof ServiceSummary>

export const ClientSummary = z.object({
  clientName: Shown,
  clientType: Shown,
  clientSource: Shown,
  locked: z.boolean().nullish(),
  labels: z.array(z.string()).nullish(),
  key: Shown,
})
export type ClientSummary = z.output<typeof ClientSummary>

/** A document as it is stored; versions before may have stored anything. */
type Document = Readonly<Record<string, unknown>>

/** The attribute with the labels of a service or client. */
export const labelsAttribute = 'ext.labels'
export const mostLabels = 20
/** Lower case, so that a label is written in one way only. */
export const isLabel = (text: string): boolean => /^[a-z0-9][a-z0-9._:/-]{0,47}$/.test(text)

/** Indexes of PostgreSQL have entries of at most 2,700 bytes. */
const [longestName, longestUri, longestShown] = [120, 200, 300]

function cut(text: string, length: number): string {
  const kept = text.slice(0, length)
  // The last character may be half of a pair, which no database stores.
  return /[\ud800-\udbff]$/.test(kept) ? kept.slice(0, -1) : kept
}

/** Spellings that people do not tell apart are the same. */
const folded = (text: string): string =>
  text.normalize('NFKC').toLowerCase().trim().replace(/\s+/g, ' ')

/** The text that a name is searched by. */
export const searchedName = (text: string): string => cut(folded(text), longestName)

/** The same for a URI, without its scheme: people search for hosts. */
export const searchedUri = (text: string): string =>
  cut(folded(text).replace(/^https?:\/\//, ''), longestUri)

const textIn = (document: Document, name: string): string | undefined => {
  const value = document[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

const shownIn = (document: Document, name: string): string | undefined => {
  const value = textIn(document, name)
  return value === undefined ? undefined : cut(value, longestShown)
}

function attributeIn({ attributes }: Document, name: string): string | undefined {
  if (!Array.isArray(attributes)) return undefined
  const pairs = attributes as { key?: unknown; value?: unknown }[]
  const value = pairs.find((pair) => pair?.key === name)?.value
  return typeof value === 'string' ? value : undefined
}

function labelsIn(document: Document): string[] {
  const given = attributeIn(document, labelsAttribute)?.split(' ').filter(isLabel)
  return [...new Set(given)].slice(0, mostLabels)
}

/** The key by which a file names the service or client. */
function keyIn(document: Document): string | undefined {
  const value = attributeIn(document, configurationKeyAttribute)
  return value !== undefined && isConfigurationKey(value) ? value : undefined
}

/** The key in the column of labels, none of which begins so. */
export const keyMark = (key: string): string => `=${key}`

/** The column with the labels and the key, each between spaces; null without any. */
function labelColumn(labels: readonly string[], key: string | undefined): string | null {
  const marks = key === undefined ? labels : [...labels, keyMark(key)]
  return marks.length > 0 ? ` ${marks.join(' ')} ` : null
}

/** The key in a column of labels. */
export const keyInColumn = (column: string | null): string | undefined =>
  / =([^ ]+) /.exec(column ?? '')?.[1]

/** The columns of a service that come from its document. */
export function serviceColumns(document: Document) {
  const labels = labelsIn(document)
  const key = keyIn(document)
  const issuer = textIn(document, 'issuer')
  return {
    searchName: searchedName(textIn(document, 'serviceName') ?? ''),
    searchIssuer: issuer === undefined ? null : searchedUri(issuer),
    labels: labelColumn(labels, key),
    summary: {
      serviceName: shownIn(document, 'serviceName'),
      issuer: shownIn(document, 'issuer'),
      labels: labels.length > 0 ? labels : undefined,
      key,
    },
  }
}

/** The columns of a client that come from its document. */
export function clientColumns(document: Document) {
  const labels = labelsIn(document)
  const key = keyIn(document)
  const { redirectUris, locked } = document
  const [uri]: unknown[] = Array.isArray(redirectUris) ? redirectUris : []
  return {
    searchName: searchedName(textIn(document, 'clientName') ?? ''),
    searchUri: typeof uri === 'string' ? searchedUri(uri) : null,
    traits: traitColumn(document),
    labels: labelColumn(labels, key),
    summary: {
      clientName: shownIn(document, 'clientName'),
      clientType: shownIn(document, 'clientType'),
      clientSource: shownIn(document, 'clientSource'),
      locked: locked === true ? true : undefined,
      labels: labels.length > 0 ? labels : undefined,
      key,
    },
  }
}
