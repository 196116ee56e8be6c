/** Whether a logout asks the user, OIDC RP-Initiated Logout §2: every cell of the table. */
import { describe, expect, it } from 'vitest'
import {
  confirmationOf,
  type LogoutSituation,
  type Reason,
  situationInRegistry,
  situationWithoutRegistry,
} from '../../../src/oauth/logout/confirmation.ts'

const base: LogoutSituation = {
  hint: 'none',
  hinted: 'unnamed',
  loggedIn: false,
  isSameSession: false,
  isSameSubject: undefined,
  isRedirectRefused: false,
  policy: 'hint',
  skipConsent: false,
  confirm: false,
}
const none = { hint: 'none' } as const
const invalid = { hint: 'invalid' } as const
const sameSession = { isSameSession: true, isSameSubject: true } as const
const same = { hint: 'valid', hinted: 'live', ...sameSession } as const
const unnamed = { hint: 'valid', hinted: 'unnamed', isSameSubject: true } as const
const live = { hint: 'valid', hinted: 'live', isSameSubject: true } as const
const ended = { hint: 'valid', hinted: 'ended', isSameSubject: true } as const
const unknown = { hint: 'valid', hinted: 'unknown', isSameSubject: true } as const
const stranger = { isSameSubject: false } as const
const anybody = { isSameSubject: undefined } as const
const at = { loggedIn: true } as const
const always = { policy: 'always' } as const
const skip = { policy: 'always', skipConsent: true } as const
const refused = { isRedirectRefused: true } as const
const confirm = { confirm: true } as const

type Ends = 'nothing' | 'B' | 'T' | 'B and T'
const nameOf = ({ browser, hinted }: { browser: boolean; hinted: boolean }): Ends =>
  browser ? (hinted ? 'B and T' : 'B') : hinted ? 'T' : 'nothing'

describe('logout confirmation', () => {
  it.each<[string, Partial<LogoutSituation>[], Ends, Reason[]]>([
    ['hint of the session of the browser', [same, at], 'B', []],
    ['… with policy always', [same, at, always], 'B', ['POLICY']],
    ['… with policy always and skip_consent', [same, at, skip], 'B', []],
    ['… with skip_consent alone', [same, at, { skipConsent: true }], 'B', []],
    ['… with confirm', [same, at, confirm], 'B', ['POLICY']],
    ['… with confirm and skip_consent', [same, at, skip, confirm], 'B', ['POLICY']],
    ['… with a refused redirect', [same, at, refused], 'B', ['REDIRECT_REFUSED']],
    ['… of unknown subject', [same, at, anybody], 'B', []],
    ['… of another subject', [same, at, stranger], 'B', ['OTHER_SUBJECT']],

    ['hint without sid of the user', [unnamed, at], 'B', []],
    ['… with policy always', [unnamed, at, always], 'B', ['POLICY']],
    ['… with policy always and skip_consent', [unnamed, at, skip], 'B', []],
    ['… of another user', [unnamed, stranger, at], 'B', ['OTHER_SUBJECT']],
    ['… of unknown subject', [unnamed, anybody, at], 'B', ['OTHER_SESSION']],
    ['… without a session', [unnamed], 'nothing', []],

    ['hint of a live session, none in the browser', [live], 'T', ['OTHER_SESSION']],
    ['… with skip_consent', [live, skip], 'T', ['OTHER_SESSION', 'POLICY']],
    ['… of unknown subject', [live, anybody], 'T', ['OTHER_SESSION']],
    ['hint of an ended session, none in the browser', [ended], 'nothing', []],
    ['… with policy always and confirm', [ended, always, confirm], 'nothing', []],
    ['… with a refused redirect', [ended, refused], 'nothing', []],
    ['hint of an unknown session, none in the browser', [unknown], 'nothing', []],

    ['hint of another live session of the user', [live, at], 'B and T', ['OTHER_SESSION']],
    ['… with skip_consent', [live, at, skip], 'B and T', ['OTHER_SESSION', 'POLICY']],
    ['hint of a live session of another user', [live, stranger, at], 'B', ['OTHER_SUBJECT']],
    ['hint of a live session, subject unknown', [live, anybody, at], 'B', ['OTHER_SESSION']],
    ['hint of an ended session of the user', [ended, at], 'B', ['OTHER_SESSION']],
    ['hint of an ended session of another user', [ended, stranger, at], 'B', ['OTHER_SUBJECT']],
    ['hint of an unknown session of the user', [unknown, at], 'B', ['OTHER_SESSION']],
    ['hint of an unknown session of another', [unknown, stranger, at], 'B', ['OTHER_SUBJECT']],

    ['no hint', [none, at], 'B', ['NO_HINT']],
    ['… with skip_consent', [none, at, skip], 'B', ['NO_HINT', 'POLICY']],
    ['… with a refused redirect', [none, at, refused], 'B', ['NO_HINT', 'REDIRECT_REFUSED']],
    ['… without a session', [none], 'nothing', []],
    ['… without a session, with confirm', [none, confirm], 'nothing', []],
    ['invalid hint', [invalid, at], 'B', ['HINT_INVALID']],
    [
      '… with everything else',
      [invalid, at, refused, confirm],
      'B',
      ['HINT_INVALID', 'REDIRECT_REFUSED', 'POLICY'],
    ],
    ['… without a session', [invalid], 'nothing', []],
    ['… without a session, with a refused redirect', [invalid, refused], 'nothing', []],
  ])('logout confirmation: %s (OIDC RP-Initiated Logout §2)', (_case, parts, ends, reasons) => {
    const confirmation = confirmationOf(Object.assign({}, base, ...parts))
    expect({ ...confirmation, ends: nameOf(confirmation.ends) }).toEqual({
      ask: reasons.length > 0,
      reasons,
      ends,
    })
  })
})

/** Every situation that there is. */
function* situations(): Generator<LogoutSituation> {
  const flags = [false, true]
  for (const hint of ['none', 'invalid', 'valid'] as const)
    for (const hinted of ['live', 'ended', 'unknown', 'unnamed'] as const)
      for (const isSameSubject of [true, false, undefined])
        for (const policy of ['hint', 'always'] as const)
          for (const loggedIn of flags)
            for (const isSameSession of flags)
              for (const isRedirectRefused of flags)
                for (const skipConsent of flags)
                  for (const confirm of flags)
                    yield {
                      ...{ hint, hinted, loggedIn, isSameSession, isSameSubject },
                      ...{ isRedirectRefused, policy, skipConsent, confirm },
                    }
}
const possible = [...situations()].filter(
  ({ loggedIn, isSameSession, hinted }) => !isSameSession || (loggedIn && hinted === 'live'),
)

describe('every logout', () => {
  it('every logout: a user who is logged in is asked without a valid hint (OIDC RP-Initiated Logout §2)', () => {
    const unasked = possible.filter(({ hint, loggedIn }) => hint !== 'valid' && loggedIn)
    expect(unasked.length).toBeGreaterThan(100)
    expect(unasked.filter((each) => !confirmationOf(each).ask)).toEqual([])
  })

  it('every logout: only the session of the browser ends without a question', () => {
    const atOnce = possible.filter((each) => !confirmationOf(each).ask)
    expect(atOnce.filter((each) => confirmationOf(each).ends.hinted)).toEqual([])
    const isVouched = ({ hint, isSameSession, isSameSubject }: LogoutSituation) =>
      hint === 'valid' && isSameSubject !== false && (isSameSession || isSameSubject === true)
    const ending = atOnce.filter((each) => confirmationOf(each).ends.browser)
    expect(ending.length).toBeGreaterThan(5)
    expect(ending.filter((each) => !isVouched(each))).toEqual([])
  })

  it('every logout: a session of another user never ends beside that of the browser', () => {
    const others = possible.filter((each) => each.loggedIn && each.isSameSubject === false)
    expect(others.filter((each) => confirmationOf(each).ends.hinted)).toEqual([])
  })

  it('every logout: a question has something to end, and a caller that wants one gets it', () => {
    for (const each of possible) {
      const { ask, ends } = confirmationOf(each)
      const endsSome = ends.browser || ends.hinted
      if (ask) expect(endsSome).toBe(true)
      if (endsSome && each.confirm) expect(ask).toBe(true)
    }
  })
})

describe('logout without a session registry', () => {
  const hint = { sid: 's1', sub: 'pairwise', subject: 'alice' }
  const nobody = { sessionId: undefined, subject: undefined }
  it.each<[string, typeof hint | object | undefined, object, unknown]>([
    ['no hint, no session', undefined, nobody, ['unnamed', false, false, undefined]],
    [
      'no hint',
      undefined,
      { sessionId: 's1', subject: 'alice' },
      ['unnamed', true, false, undefined],
    ],
    ['the same session', hint, { sessionId: 's1', subject: 'alice' }, ['live', true, true, true]],
    ['the same session alone', hint, { sessionId: 's1' }, ['live', true, true, undefined]],
    [
      'another session',
      hint,
      { sessionId: 's2', subject: 'alice' },
      ['unknown', true, false, true],
    ],
    ['another user', hint, { sessionId: 's2', subject: 'bob' }, ['unknown', true, false, false]],
    ['a subject alone', hint, { subject: 'alice' }, ['unknown', true, false, true]],
    ['the subject of the client', hint, { subject: 'pairwise' }, ['unknown', true, false, true]],
    ['no session', hint, nobody, ['unknown', false, false, undefined]],
    ['no sid', { ...hint, sid: undefined }, { subject: 'alice' }, ['unnamed', true, false, true]],
  ])('logout without a registry: %s', (_case, from, browser, expected) => {
    const situation = situationWithoutRegistry(from as typeof hint, {
      ...nobody,
      ...browser,
    })
    const { hinted, loggedIn, isSameSession, isSameSubject } = situation
    expect([hinted, loggedIn, isSameSession, isSameSubject]).toEqual(expected)
  })
})

describe('logout with a session registry', () => {
  const hint = { sid: 'sid-1', sub: 'pairwise', subject: 'alice' }
  const one = { sessionId: 's1', subject: 'alice', isLive: true }
  const two = { sessionId: 's2', subject: 'alice', isLive: true }
  const at = (session: typeof one, sub?: string) => ({ ...session, sub })
  const ended = { isLive: false }
  const bob = { subject: 'bob' }
  type Hinted = typeof one | undefined
  type Browser = ReturnType<typeof at> | undefined
  const unnamed = { ...hint, sid: undefined }
  const chosen = { ...unnamed, subject: 'pairwise' }
  it.each<[string, object | undefined, Hinted, Browser, unknown]>([
    ['nothing', undefined, undefined, undefined, ['unnamed', false, false, undefined]],
    ['no hint', undefined, undefined, at(one), ['unnamed', true, false, undefined]],
    ['the same session', hint, one, at(one), ['live', true, true, true]],
    [
      'the same session, ended',
      hint,
      { ...one, ...ended },
      at({ ...one, ...ended }),
      ['ended', false, false, undefined],
    ],
    ['another session of the user', hint, one, at(two), ['live', true, false, true]],
    [
      'an ended session of the user',
      hint,
      { ...one, ...ended },
      at(two),
      ['ended', true, false, true],
    ],
    ['a session of another user', hint, one, at({ ...two, ...bob }), ['live', true, false, false]],
    ['an unknown session', hint, undefined, at(two), ['unknown', true, false, true]],
    [
      'an unknown session of another',
      hint,
      undefined,
      at({ ...two, ...bob }),
      ['unknown', true, false, false],
    ],
    ['no session in the browser', hint, one, undefined, ['live', false, false, undefined]],
    [
      'an ended session in the browser',
      hint,
      one,
      at({ ...two, ...ended }),
      ['live', false, false, undefined],
    ],
    ['no sid', unnamed, undefined, at(one), ['unnamed', true, false, true]],
    [
      'no sid, another user',
      unnamed,
      undefined,
      at({ ...one, ...bob }),
      ['unnamed', true, false, false],
    ],
    [
      'no sid, a sub that the caller chose',
      chosen,
      undefined,
      at(one, 'pairwise'),
      ['unnamed', true, false, true],
    ],
    ['no sid, another sub', chosen, undefined, at(one, 'other'), ['unnamed', true, false, false]],
  ])('logout with a registry: %s', (_case, from, hinted, browser, expected) => {
    const situation = situationInRegistry(from as typeof hint | undefined, hinted, browser)
    const { isSameSession, isSameSubject } = situation
    expect([situation.hinted, situation.loggedIn, isSameSession, isSameSubject]).toEqual(expected)
  })
})
