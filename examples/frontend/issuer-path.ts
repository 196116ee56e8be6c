/** An issuer with a path, such as https://example.com/op: everything is below the path. */
import { Hono } from 'hono'

/** The path of the URL where clients reach this server: `/op`, or empty. */
export const pathOf = (publicUrl: string | undefined): string =>
  publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/$/, '')

const documents = [
  ...['openid-configuration', 'oauth-authorization-server'],
  ...['openid-credential-issuer', 'jwt-vc-issuer'],
]

/** The same server below a path, which its redirects and cookies get. */
export function below(path: string, app: Hono): Hono {
  const outer = new Hono()
  // OpenID Connect Discovery §4 appends to the path; RFC 8414 §3.1 puts the path at the end, and so
  // do OpenID4VCI §12.2.2 and SD-JWT VC §5.
  for (const name of documents)
    outer.all(`/.well-known/${name}${path}`, ({ req, env }) =>
      app.fetch(new Request(new URL(`/.well-known/${name}`, req.url), req.raw), env),
    )
  // RFC 9728 §3.1: the identifiers of resources at this server begin with the path.
  const resources = '/.well-known/oauth-protected-resource'
  outer.all(`${resources}${path}/*`, ({ req, env }) => {
    const { pathname, search } = new URL(req.url)
    const rest = pathname.slice(resources.length + path.length)
    return app.fetch(new Request(new URL(resources + rest + search, req.url), req.raw), env)
  })
  outer.mount(path, async (request: Request, env: object) => {
    const { body, status, headers } = await app.fetch(request, env)
    const moved = new Headers(headers)
    const location = headers.get('Location')
    if (location?.startsWith('/')) moved.set('Location', path + location)
    moved.delete('Set-Cookie')
    for (const cookie of headers.getSetCookie())
      moved.append('Set-Cookie', cookie.replace('; Path=/;', `; Path=${path};`))
    return new Response(body, { status, headers: moved })
  })
  return outer
}
