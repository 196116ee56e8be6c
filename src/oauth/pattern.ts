/**
 * Patterns from service settings and requests, in RE2 syntax. RE2 matches in time linear in the
 * text and in the compiled pattern; both are bounded here.
 */
import { LRUCache } from 'lru-cache'
import { RE2JS } from 're2js'
import { type Budget, spend } from './budget.ts'
import { patternSize } from './pattern-size.ts'

const sourceLimit = 256
/** `[a-z]{1,1000}` fits, `(.*){1000}` does not. */
const sizeLimit = 3_100
/** Limits of all patterns of one request, or of one service. */
const together = { count: 50, size: 4_000 }

/** Steps per character of the text, in addition to one per instruction. */
const stepsOfCharacter = 4
/** Compiling one instruction costs as much as this many matching steps. */
const stepsOfCompilation = 100

export interface Pattern {
  /** Whether the whole text matches. */
  matches(text: string, budget: Budget): boolean
  /** Whether a part of a text matches. */
  finds(text: string, budget: Budget): boolean
}

/** Cache of compiled patterns with up to 100,000 instructions in total. */
const compiled = new LRUCache<string, { pattern: Pattern | undefined; size: number }>({
  max: 2_000,
  maxSize: 100_000,
  sizeCalculation: ({ size }) => size,
})

/** Undefined if the source is not a pattern or is too expensive. */
export function compilePattern(source: string, budget?: Budget): Pattern | undefined {
  const known = compiled.get(source)
  if (known) return known.pattern
  if (source.length > sourceLimit) return undefined
  const size = patternSize(source)
  if (size > sizeLimit) return undefined
  if (budget) spend(budget, size * stepsOfCompilation)
  const pattern = compile(source)
  compiled.set(source, { pattern, size })
  return pattern
}

/** Whether patterns are within the limits, each and in total. Does not compile them. */
export function isAffordable(sources: Iterable<string>): boolean {
  const different = [...new Set(sources)]
  if (different.length > together.count) return false
  if (different.some((source) => source.length > sourceLimit)) return false
  const sizes = different.map(patternSize)
  const size = sizes.reduce((sum, each) => sum + each, 0)
  return size <= together.size && sizes.every((each) => each <= sizeLimit)
}

function compile(source: string): Pattern | undefined {
  let program: RE2JS
  try {
    program = RE2JS.compile(source)
  } catch {
    return undefined
  }
  const size = program.programSize()
  if (size > sizeLimit) return undefined
  const whole = new LRUCache<string, boolean>({ max: 100 })
  // A matcher also finds the match position, so RE2 never builds a DFA, which takes 8 MB.
  const matcher = (text: string, budget: Budget) => {
    spend(budget, (text.length + 1) * (size + stepsOfCharacter))
    return program.matcher(text)
  }
  return {
    matches(text, budget) {
      const known = whole.get(text)
      if (known !== undefined) return known
      const result = matcher(text, budget).matches()
      if (text.length <= 256) whole.set(text, result)
      return result
    },
    finds: (text, budget) => matcher(text, budget).find(),
  }
}
