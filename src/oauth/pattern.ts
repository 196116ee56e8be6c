/**
 * Patterns that services and requests bring. The syntax is that of RE2, which matches in time that
 * is linear in the text and in the compiled pattern: both are bounded here.
 */
import { LRUCache } from 'lru-cache'
import { RE2JS } from 're2js'
import { type Budget, spend } from './budget.ts'
import { patternSize } from './pattern-size.ts'

const sourceLimit = 256
/** `[a-z]{1,1000}` fits, `(.*){1000}` does not. */
const sizeLimit = 3_100
/** All patterns of a request, or of a service. */
const together = { count: 50, size: 4_000 }

/** Steps for each character of a text, beside one for each instruction. */
const stepsOfCharacter = 4
/** Compiling an instruction takes as long as so many steps of matching. */
const stepsOfCompilation = 100

export interface Pattern {
  /** Whether a text as a whole matches. */
  matches(text: string, budget: Budget): boolean
  /** Whether a part of a text matches. */
  finds(text: string, budget: Budget): boolean
}

/** Compiled once and kept, as many as 100,000 instructions are. */
const compiled = new LRUCache<string, { pattern: Pattern | undefined; size: number }>({
  max: 2_000,
  maxSize: 100_000,
  sizeCalculation: ({ size }) => size,
})

/** Undefined for what is no pattern, or costs too much. */
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

/** Whether patterns may be compiled, alone and together; known before any is compiled. */
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
  // A matcher asks for the position of the match, and so never builds a DFA, which takes 8 MB.
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
