/**
 * Front-channel logout: the page that loads the logout URIs of clients in iframes.
 * OIDC Front-Channel Logout §2 and §3
 */
import { isUrl } from '../../model/url.ts'
import { escapeHtml, inlineSource, originSources } from '../page.ts'

/** A client that took part in the session. */
export interface FrontchannelParticipant {
  frontchannelLogoutUri: string
  /** The session as the client knows it. */
  sid: string
}

/** A browser that loads more pages at once is not sent on in time. */
const frameLimit = 30

/**
 * The URIs to load, for participants in the order of their importance, and how many are left out.
 * Each has both `iss` and `sid`, OIDC Front-Channel Logout §2; a service without an issuer has
 * neither.
 */
export function frontchannelUris(
  participants: readonly FrontchannelParticipant[],
  issuer: string | undefined,
): { uris: string[]; omitted: number } {
  const reachable = participants.filter(({ frontchannelLogoutUri: uri }) => isWebUri(uri))
  const uris = reachable.slice(0, frameLimit).map(({ frontchannelLogoutUri: uri, sid }) => {
    if (issuer === undefined) return uri
    return `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams({ iss: issuer, sid })}`
  })
  return { uris, omitted: participants.length - uris.length }
}

const isWebUri = (uri: string): boolean => /^https?:/i.test(uri) && isUrl(uri)

/** `stays` is the sentence of a page without a target. */
interface Texts {
  title: string
  goes: string
  link: string
  stays: string
}

const english: Texts = {
  title: 'You are logged out',
  goes: 'You are being sent back to the application.',
  link: 'Continue',
  stays: 'You can close this window.',
}
const texts = new Map<string, Texts>([
  ['en', english],
  [
    'de',
    {
      title: 'Sie sind abgemeldet',
      goes: 'Sie werden zur Anwendung zurückgeleitet.',
      link: 'Weiter',
      stays: 'Sie können dieses Fenster schließen.',
    },
  ],
  [
    'fr',
    {
      title: 'Déconnexion effectuée',
      goes: 'Retour à l’application.',
      link: 'Continuer',
      stays: 'Vous pouvez fermer cette fenêtre.',
    },
  ],
  [
    'es',
    {
      title: 'Sesión cerrada',
      goes: 'Volviendo a la aplicación.',
      link: 'Continuar',
      stays: 'Puede cerrar esta ventana.',
    },
  ],
  [
    'ja',
    {
      title: 'ログアウトしました',
      goes: 'アプリケーションに戻ります。',
      link: '続ける',
      stays: 'このウィンドウは閉じてもかまいません。',
    },
  ],
])

/** BCP 47 lookup (RFC 4647 §3.4): the first tag whose language is known, else English. */
function localized(uiLocales: readonly string[]): { language: string; text: Texts } {
  for (const tag of uiLocales) {
    const language = tag.split('-', 1)[0]?.toLowerCase() ?? ''
    const text = texts.get(language)
    if (text) return { language, text }
  }
  return { language: 'en', text: english }
}

const style =
  'body{font-family:system-ui,sans-serif;margin:4em auto;max-width:30em;padding:0 1em}' +
  'iframe{border:0;height:0;left:-9999px;position:absolute;width:0}'

/**
 * Goes to the target once each iframe has loaded or failed, at the latest after the timeout. It
 * listens before the iframes exist, and counts each once, even if its page navigates.
 */
const script = `(function () {
  'use strict'
  var root = document.documentElement
  var target = root.getAttribute('data-target')
  var total = Number(root.getAttribute('data-frames'))
  var seen = []
  var left = false
  function leave() {
    if (left) return
    left = true
    window.location.replace(target)
  }
  function note(event) {
    var frame = event.target
    if (!frame || frame.nodeName !== 'IFRAME' || seen.indexOf(frame) >= 0) return
    seen.push(frame)
    if (seen.length >= total) leave()
  }
  if (target === null) return
  if (total === 0) return leave()
  document.addEventListener('load', note, true)
  document.addEventListener('error', note, true)
  window.setTimeout(leave, Number(root.getAttribute('data-timeout')))
})()`

export interface PageContent {
  responseContent: string
  contentSecurityPolicy: string
}

interface LogoutPage {
  uris: readonly string[]
  /** Where the page goes; without it, the page stays. */
  target: string | undefined
  timeoutMs: number
  uiLocales: readonly string[]
}

/** The page, with its policy: no other script, style or iframe is loaded. */
export function frontchannelPage(page: LogoutPage): PageContent {
  const { uris, target, timeoutMs, uiLocales } = page
  const { language, text } = localized(uiLocales)
  const goal = target === undefined ? undefined : escapeHtml(target)
  const data = `data-frames="${uris.length}" data-timeout="${timeoutMs}"`
  const seconds = Math.ceil(timeoutMs / 1000)
  const frames = uris.map(
    (uri) =>
      `<iframe src="${escapeHtml(uri)}" sandbox="allow-scripts allow-same-origin" referrerpolicy="no-referrer" title="" aria-hidden="true" tabindex="-1" width="0" height="0"></iframe>`,
  )
  const responseContent = [
    '<!DOCTYPE html>',
    `<html lang="${language}" ${data}${goal === undefined ? '' : ` data-target="${goal}"`}>`,
    '<head><meta charset="UTF-8"/><meta name="referrer" content="no-referrer"/>',
    '<meta name="viewport" content="width=device-width, initial-scale=1"/>',
    `<title>${text.title}</title><style>${style}</style><script>${script}</script>`,
    ...(goal === undefined
      ? []
      : [`<noscript><meta http-equiv="refresh" content="${seconds};url=${goal}"/></noscript>`]),
    '</head>',
    ...(goal === undefined
      ? [`<body><h1 id="logged_out">${text.title}</h1><p>${text.stays}</p>`]
      : [
          `<body><h1>${text.title}</h1><p>${text.goes}</p>`,
          `<p><a id="continue" href="${goal}">${text.link}</a></p>`,
        ]),
    ...frames,
    '</body></html>',
  ].join('\n')
  return { responseContent, contentSecurityPolicy: policyFor(uris) }
}

const policyFor = (uris: readonly string[]): string =>
  [
    "default-src 'none'",
    `script-src ${inlineSource(script)}`,
    `style-src ${inlineSource(style)}`,
    `frame-src ${originSources(uris) || "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
