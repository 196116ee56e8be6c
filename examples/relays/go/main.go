// An authorization server in Go: Postern decides, and this file relays what it answers.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
)

// Your login and consent pages belong here. This one believes everyone.
const page = `<!doctype html><title>Log in</title><form method="post" action="/login">
  <input type="hidden" name="ticket" value="%s"><label>User <input name="subject"></label>
  <button name="decision" value="allow">Allow</button><button>Deny</button></form>`

var html = object{"Content-Type": "text/html;charset=utf-8", "Cache-Control": "no-store"}

func authorize(r *http.Request) (object, error) {
	parameters := r.URL.RawQuery
	if r.Method == "POST" {
		parameters = form(r)
	}
	answer, err := post("auth/authorization", object{"parameters": parameters})
	switch ticket := answer["ticket"]; answer["action"] {
	case "INTERACTION":
		return respond(200, html, fmt.Sprintf(page, ticket)), nil
	case "NO_INTERACTION":
		return post("auth/authorization/fail", object{"ticket": ticket, "reason": "NOT_LOGGED_IN"})
	}
	return answer, err
}

func logIn(r *http.Request) (object, error) {
	ticket, subject := r.PostFormValue("ticket"), r.PostFormValue("subject")
	if r.PostFormValue("decision") == "allow" {
		return post("auth/authorization/issue", object{"ticket": ticket, "subject": subject})
	}
	return post("auth/authorization/fail", object{"ticket": ticket, "reason": "DENIED"})
}

func relay(operation string) endpoint {
	return func(r *http.Request) (object, error) {
		body := credentials(r)
		body["parameters"] = form(r)
		return post(operation, body)
	}
}

func userInfo(r *http.Request) (object, error) {
	body := presented(r)
	answer, err := post("auth/userinfo", body)
	if err != nil || answer["action"] != "OK" {
		return answer, err
	}
	// Your claims about the user belong here, as JSON.
	issued, err := post("auth/userinfo/issue", object{"token": body["token"], "claims": "{}"})
	if err == nil {
		issued["dpopNonce"] = answer["dpopNonce"]
	}
	return issued, err
}

func introspect(r *http.Request) (object, error) {
	if !isResourceServer(r) {
		return respond(401, object{"WWW-Authenticate": `Basic realm="introspection"`}, ""), nil
	}
	return post("auth/introspection/standard", object{"parameters": form(r)})
}

func main() {
	http.Handle("/authorize", endpoint(authorize))
	http.Handle("POST /login", endpoint(logIn))
	http.Handle("POST /token", relay("auth/token"))
	http.Handle("POST /par", relay("pushed_auth_req"))
	http.Handle("POST /revoke", relay("auth/revocation"))
	http.Handle("POST /introspect", endpoint(introspect))
	http.Handle("/userinfo", endpoint(userInfo))
	http.Handle("GET /jwks", read("service/jwks/get"))
	http.Handle("GET /.well-known/openid-configuration", read("service/configuration"))
	http.Handle("GET /.well-known/oauth-authorization-server", read("service/configuration"))
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
