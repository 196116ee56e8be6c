"""An authorization server in FastAPI: Postern decides, and this file relays what it answers."""
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from httpx import HTTPStatusError

from postern import credentials, is_resource_server, post, presented, read, respond, send

# Your login and consent pages belong here. This one believes everyone.
PAGE = """<!doctype html><title>Log in</title><form method="post" action="/login">
  <input type="hidden" name="ticket" value="{}"><label>User <input name="subject"></label>
  <button name="decision" value="allow">Allow</button><button>Deny</button></form>"""
HTML = {"Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-store"}


async def form(req: Request):
    return (await req.body()).decode(errors="replace")


async def authorize(req: Request):
    parameters = await form(req) if req.method == "POST" else req.url.query
    answer = await post("auth/authorization", {"parameters": parameters})
    if answer["action"] == "INTERACTION":
        return respond(200, HTML, PAGE.format(answer["ticket"]))
    if answer["action"] != "NO_INTERACTION":
        return answer
    decided = {"ticket": answer["ticket"], "reason": "NOT_LOGGED_IN"}
    return await post("auth/authorization/fail", decided)


async def log_in(req: Request):
    sent = dict(parse_qsl(await form(req)))
    ticket, subject = sent.get("ticket"), sent.get("subject")
    if sent.get("decision") == "allow":
        return await post("auth/authorization/issue", {"ticket": ticket, "subject": subject})
    return await post("auth/authorization/fail", {"ticket": ticket, "reason": "DENIED"})


def relay(operation: str):
    async def endpoint(req: Request):
        return await post(operation, {"parameters": await form(req), **credentials(req)})

    return endpoint


async def userinfo(req: Request):
    body = presented(req)
    answer = await post("auth/userinfo", body)
    if answer["action"] != "OK":
        return answer
    # Your claims about the user belong here, as JSON.
    issued = await post("auth/userinfo/issue", {"token": body["token"], "claims": "{}"})
    return issued | {"dpopNonce": answer.get("dpopNonce")}


async def introspect(req: Request):
    if is_resource_server(req):
        return await post("auth/introspection/standard", {"parameters": await form(req)})
    return respond(401, {"WWW-Authenticate": 'Basic realm="introspection"'})


def document(operation: str):
    return lambda _: read(operation)


app = FastAPI(openapi_url=None)


def serve(path: str, methods: list[str], endpoint):
    async def handle(req: Request):
        return send(await endpoint(req))

    app.add_api_route(path, handle, methods=methods)


serve("/authorize", ["GET", "POST"], authorize)
serve("/login", ["POST"], log_in)
serve("/token", ["POST"], relay("auth/token"))
serve("/par", ["POST"], relay("pushed_auth_req"))
serve("/revoke", ["POST"], relay("auth/revocation"))
serve("/introspect", ["POST"], introspect)
serve("/userinfo", ["GET", "POST"], userinfo)
serve("/jwks", ["GET"], document("service/jwks/get"))
serve("/.well-known/openid-configuration", ["GET"], document("service/configuration"))
serve("/.well-known/oauth-authorization-server", ["GET"], document("service/configuration"))


@app.exception_handler(HTTPStatusError)
async def failed(_: Request, error: HTTPStatusError):
    print(error, error.response.text)
    status = 400 if error.response.status_code == 400 else 500
    return JSONResponse({"error": "invalid_request" if status == 400 else "server_error"}, status)
