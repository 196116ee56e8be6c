/**
 * HyperLogLog: how many distinct values were added, in 2,048 registers, with a standard error of
 * 2.3 %. Flajolet, Fusy, Gandouet and Meunier, "HyperLogLog" (2007); the estimate is that of Ertl,
 * "New cardinality estimation algorithms for HyperLogLog sketches" (2017), algorithm 6, which needs
 * no correction for few or many values.
 */

const indexBits = 11
const size = 2 ** indexBits
/** Bits of the hash that are looked at for leading zeros. */
const rankBits = 32
/** With more registers than that, a list of them is longer than all of them. */
const mostListed = 400
const listedBytes = 3
const [asList, asArray] = [0, 1]

export class DistinctCount {
  /** Registers by their index, while there are few. */
  private listed: Map<number, number> | undefined = new Map()
  private registers: Uint8Array | undefined

  /** Adds a value by 8 or more random bytes of its hash. Returns whether anything changed. */
  add(hash: Buffer): boolean {
    const index = hash.readUInt32BE(0) >>> (32 - indexBits)
    return this.raise(index, Math.clz32(hash.readUInt32BE(4)) + 1)
  }

  /** Adds all values of another one. Returns whether anything changed. */
  merge(other: DistinctCount): boolean {
    let isChanged = false
    for (const [index, rank] of other.entries()) isChanged = this.raise(index, rank) || isChanged
    return isChanged
  }

  estimate(): number {
    const counts = new Array<number>(rankBits + 2).fill(0)
    let used = 0
    for (const [, rank] of this.entries()) {
      counts[rank] = (counts[rank] ?? 0) + 1
      used += 1
    }
    let z = size * tau(1 - (counts[rankBits + 1] ?? 0) / size)
    for (let rank = rankBits; rank >= 1; rank--) z = (z + (counts[rank] ?? 0)) / 2
    z += size * sigma((size - used) / size)
    return Math.round(size ** 2 / (2 * Math.LN2 * z))
  }

  /** As text that `parse` reads. */
  toString(): string {
    if (this.registers) return Buffer.from([asArray, ...this.registers]).toString('base64')
    const entries = [...this.entries()].flatMap(([index, rank]) => [index >> 8, index & 255, rank])
    return Buffer.from([asList, ...entries]).toString('base64')
  }

  static parse(text: string): DistinctCount {
    const bytes = Buffer.from(text, 'base64')
    const parsed = new DistinctCount()
    if (bytes[0] === asArray) {
      for (let index = 0; index < size; index++) parsed.raise(index, bytes[index + 1] ?? 0)
      return parsed
    }
    for (let at = 1; at + listedBytes <= bytes.length; at += listedBytes) {
      parsed.raise(bytes.readUInt16BE(at), bytes[at + 2] ?? 0)
    }
    return parsed
  }

  /** The registers that are above zero. */
  private *entries(): Iterable<[index: number, rank: number]> {
    if (this.listed) return yield* this.listed
    for (const [index, rank] of this.registers?.entries() ?? []) if (rank > 0) yield [index, rank]
  }

  private raise(index: number, rank: number): boolean {
    if (rank <= (this.listed ? (this.listed.get(index) ?? 0) : (this.registers?.[index] ?? 0))) {
      return false
    }
    if (this.registers) this.registers[index] = rank
    else this.listed?.set(index, rank)
    if (this.listed && this.listed.size > mostListed) {
      this.registers = new Uint8Array(size)
      for (const [at, known] of this.listed) this.registers[at] = known
      this.listed = undefined
    }
    return true
  }
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let [power, weight, sum, former] = [x, 1, x, Number.NaN]
  while (sum !== former) {
    power *= power
    former = sum
    sum += power * weight
    weight *= 2
  }
  return sum
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let [root, weight, sum, former] = [x, 1, 1 - x, Number.NaN]
  while (sum !== former) {
    root = Math.sqrt(root)
    former = sum
    weight /= 2
    sum -= (1 - root) ** 2 * weight
  }
  return sum / 3
}
