"""Calls of Postern, the responses that it prepared for clients, and what requests prove."""
import base64
import json
import os
import re
import secrets
from urllib.parse import unquote_plus

import httpx
from fastapi import Request, Response

ISSUER, RESOURCE_SERVER = os.environ["ISSUER"], os.environ.get("RESOURCE_SERVER", "")
api = httpx.AsyncClient(
    base_url=f"{os.environ['POSTERN_URL']}/api/{os.environ['POSTERN_SERVICE']}/",
    headers={"Authorization": f"Bearer {os.environ['POSTERN_TOKEN']}", "Prefer": "relay"},
)


async def post(operation: str, body: dict):
    return (await api.post(operation, json=body)).raise_for_status().json()


def respond(status: int, headers: dict, body: str | None = None):
    """A response of the frontend's own, in the form of those of Postern."""
    return {"relay": {"status": status, "headers": headers, "body": body}}


async def read(operation: str):
    """A document that anyone may read."""
    document = (await api.get(operation)).raise_for_status().json()
    return respond(200, {"Content-Type": "application/json"}, json.dumps(document))


def send(answer: dict):
    relay, nonce = answer["relay"], answer.get("dpopNonce")
    headers = relay["headers"] | ({"DPoP-Nonce": nonce} if nonce else {})
    return Response(relay.get("body"), relay["status"], headers)


def authorization(req: Request):
    match = re.fullmatch(r"(\S+) +(\S+)", req.headers.get("Authorization", ""))
    return (match[1].lower(), match[2]) if match else ("", None)


def proof(req: Request):
    request = {"htm": req.method, "htu": ISSUER + req.url.path}
    proofs = req.headers.getlist("DPoP")
    return request | ({"dpop": ",".join(proofs)} if proofs else {})


def credentials(req: Request):
    """HTTP Basic, whose parts are form-encoded (RFC 6749 §2.3.1), and the DPoP proof."""
    scheme, value = authorization(req)
    if scheme != "basic":
        return proof(req)
    try:
        basic = base64.b64decode(value).decode(errors="replace")
    except ValueError:
        basic = ""
    client_id, _, secret = basic.partition(":")
    return {"clientId": unquote_plus(client_id), "clientSecret": unquote_plus(secret)} | proof(req)


def presented(req: Request):
    """An access token. A proof counts with the scheme DPoP only (RFC 9449 §7.1)."""
    scheme, token = authorization(req)
    body = proof(req) | {"token": token}
    return body if scheme == "dpop" else {name: body[name] for name in ("token", "htm", "htu")}


def is_resource_server(req: Request):
    """RFC 7662 §2.1: a resource server authenticates, here with `RESOURCE_SERVER=id:secret`."""
    expected = b"Basic " + base64.b64encode(RESOURCE_SERVER.encode())
    given = req.headers.get("Authorization", "").encode()
    return RESOURCE_SERVER != "" and secrets.compare_digest(given, expected)
