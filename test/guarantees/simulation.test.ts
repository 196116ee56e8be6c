/**
 * Some seeds of the simulation. `POSTERN_SIMULATIONS` and `POSTERN_SEED` run more seeds, or repeat
 * one. `npm run faults` runs many.
 */
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { createWorld, simulate, type World } from '../faults/simulation.ts'
import { openTestStore } from '../support/stores.ts'

const simulations = Number(process.env['POSTERN_SIMULATIONS'] ?? 4)
const firstSeed = Number(process.env['POSTERN_SEED'] ?? 1)

let world: World
beforeAll(async () => {
  world = await createWorld(await openTestStore())
})
afterAll(() => world.close())

describe(`simulation on ${inject('dialect')}`, () => {
  const seeds = Array.from({ length: simulations }, (_, index) => firstSeed + index)
  it.each(seeds)(
    'with seed %i redeems once, never widens and revives nothing, though commits fail',
    (seed) => simulate(world, seed),
    120_000,
  )
})
