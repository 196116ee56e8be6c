/**
 * The modules of the certification plans for issuers of the OpenID Foundation, each in four
 * configurations: by HTTPS with the example frontend. OpenID4VCI 1.0, HAIP 1.0.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { modules } from './modules.ts'
import { configurations, type Plan, startPlan } from './plan.ts'

describe.each(configurations)('issuer plan', (configuration) => {
  let plan: Plan
  beforeAll(async () => {
    plan = await startPlan(configuration)
  })
  afterAll(() => plan?.world.close())

  it.each(modules)(`%s (${configuration.name})`, async (_name, run) => {
    await run(plan)
    expect.hasAssertions()
  })
})
