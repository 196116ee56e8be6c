/**
 * The inputs of property tests are the same in every run, so that a change is judged by what it
 * changed. `TEST_SEED=<integer>` makes others; a failure shows the seed it had.
 */
import fc from 'fast-check'

const given = process.env['TEST_SEED']

fc.configureGlobal({ seed: given === undefined ? 20_261_127 : Number.parseInt(given, 10) })
