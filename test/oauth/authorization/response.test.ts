/** Authorization responses: the content of the header or the page, RFC 6749 §4.1.2. */
import { describe, expect, it } from 'vitest'
import { Client } from '../../../src/model/client/client.ts'
import { Service } from '../../../src/model/service/service.ts'
import { authorizationResponse } from '../../../src/oauth/authorization/response.ts'
import type { ResponseMode } from '../../../src/oauth/authorization/response-type.ts'

const times = { createdAt: 0, modifiedAt: 0 }
const service = Service.parse({ number: 1, apiKey: 1, ...times, issuer: 'https://as.example.com' })
const client = Client.parse({ number: 1, clientId: 1, redirectUris: [], ...times })

const respond = (redirectUri: string, responseMode: ResponseMode, state = 's') =>
  authorizationResponse(
    {
      ...{ redirectUri, responseMode, state, client, clientId: '1', now: 0 },
      secure: async () => 'jwt',
    },
    service,
    { code: 'c' },
  )

const modes = ['query', 'fragment', 'form_post'] as const

describe('redirect', () => {
  it.each(
    ['\r\nSet-Cookie:x', '\0', '\t', ' ', '\u007f', '\u0085', '\u2028', 'ü'].flatMap((text) =>
      modes.map((mode) => [text, mode] as const),
    ),
  )('is refused with %j in its target by %s (RFC 9112 §5.5)', async (text, mode) => {
    await expect(respond(`http://127.0.0.1/cb${text}`, mode)).rejects.toMatchObject({
      rule: { code: 'P004004', error: 'server_error' },
    })
  })

  it.each(modes)('contains no control characters of the state by %s', async (mode) => {
    const state = 'a\r\nb\0c\u007f"\'<>&'
    const { responseContent } = await respond('https://app.example.com/cb', mode, state)
    const lines = mode === 'form_post' ? responseContent.split('\n') : [responseContent]
    for (const line of lines) expect(line).toMatch(/^[\x20-\x7e]*$/)
    if (mode === 'form_post') {
      expect(responseContent).toContain('value="a&#13;&#10;b&#0;c&#127;&quot;&#39;&lt;&gt;&amp;"')
    }
  })
})
