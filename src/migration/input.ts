/** Reads the exports of former systems: JSON, YAML, and one JSON document a line. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { RemoteError } from '../remote/failure.ts'

export interface Input {
  /** Where it stands, for messages. */
  path: string
  value: unknown
}

const longestFile = 256 * 1_024 * 1_024

/** The documents of files, and of the files in folders. */
export function inputsOf(paths: readonly string[]): Input[] {
  return paths.flatMap(filesOf).flatMap((path) => documentsIn(path, textOf(path)))
}

function filesOf(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new RemoteError('usage', `${path} does not exist.`)
  if (!found.isDirectory()) return [path]
  const names = readdirSync(path).filter((name) => /\.(json|jsonl|ndjson|ya?ml)$/.test(name))
  return names.sort().map((name) => join(path, name))
}

function textOf(path: string): string {
  if (statSync(path).size > longestFile) {
    throw new RemoteError('usage', `${path} is larger than 256 MB.`)
  }
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
}

function documentsIn(path: string, text: string): Input[] {
  if (/\.(jsonl|ndjson)$/.test(path)) {
    return text.split('\n').flatMap((line, at) => {
      const place = `${path}:${at + 1}`
      return line.trim() === '' ? [] : [{ path: place, value: parsed(place, line, JSON.parse) }]
    })
  }
  const isYaml = /\.ya?ml$/.test(path)
  return [{ path, value: parsed(path, text, isYaml ? parse : JSON.parse) }]
}

function parsed(path: string, text: string, read: (text: string) => unknown): unknown {
  try {
    return read(text)
  } catch (error) {
    throw new RemoteError('usage', `${path}: ${(error as Error).message.split('\n')[0]}`)
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of an input: one, or a list of them. */
export function objectsIn({ path, value }: Input): Record<string, unknown>[] {
  const objects = Array.isArray(value) ? value : [value]
  if (objects.every(isObject)) return objects
  throw new RemoteError('usage', `${path}: Expected an object, or a list of objects.`)
}

export const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
export const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
export const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined
