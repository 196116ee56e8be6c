/**
 * A browser in a few lines, for pages without script: it keeps cookies, follows redirects, and
 * fills in forms.
 */

export interface Page {
  url: string
  status: number
  text: string
}

type Send = (url: string, init: RequestInit) => Promise<Response>

/**
 * `stopAt`: a redirect to an address that begins so is not followed, but returned. `send`: a fetch
 * that trusts the certificates of tests.
 */
export function createFormBrowser(stopAt?: string, send: Send = fetch) {
  const cookies = new Map<string, string>()

  async function load(url: string, form?: URLSearchParams): Promise<Page> {
    let target = url
    let body = form
    for (let hops = 0; hops < 20; hops++) {
      if (stopAt && target.startsWith(stopAt)) return { url: target, status: 0, text: '' }
      const headers: Record<string, string> = {
        Accept: 'text/html',
        Cookie: [...cookies.values()].join('; '),
      }
      const response = await send(target, {
        headers,
        redirect: 'manual',
        ...(body ? { method: 'POST', body } : {}),
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [pair = ''] = cookie.split(';')
        cookies.set(pair.split('=')[0] ?? '', pair)
      }
      const next = response.headers.get('Location')
      if (!next) return { url: target, status: response.status, text: await response.text() }
      target = new URL(next, target).href
      body = undefined
    }
    throw new Error(`Too many redirects from ${url}`)
  }

  return {
    open: (url: string) => load(url),
    post: (url: string, fields: Record<string, string>) => load(url, new URLSearchParams(fields)),

    /** Follows the link with this id. */
    follow(page: Page, id: string): Promise<Page> {
      const [link = ''] = new RegExp(`<a[^>]* id="${id}"[^>]*>`).exec(page.text) ?? []
      return load(new URL(attribute(link, 'href'), page.url).href)
    },

    /** Sends the page's form with these fields filled in, and its hidden ones as they are. */
    submit(page: Page, fields: Record<string, string>): Promise<Page> {
      const [, action = page.url] = /<form[^>]* action="([^"]*)"/.exec(page.text) ?? []
      const form = new URLSearchParams()
      for (const [input] of page.text.matchAll(/<input[^>]*type="hidden"[^>]*>/g))
        form.set(attribute(input, 'name'), attribute(input, 'value'))
      for (const [name, value] of Object.entries(fields)) form.set(name, value)
      return load(new URL(unescaped(action), page.url).href, form)
    },
  }
}

const attribute = (tag: string, name: string) =>
  unescaped(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '')

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

const unescaped = (text: string) =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => entities[name] ?? '')
