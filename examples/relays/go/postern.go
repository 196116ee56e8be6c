package main

// Calls of Postern, the responses that it prepared for clients, and what requests prove.

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
)

type object = map[string]any

var errUnreadable = errors.New("the request cannot be read")

func call(method, operation string, body object) ([]byte, error) {
	text, _ := json.Marshal(body)
	address := os.Getenv("POSTERN_URL") + "/api/" + os.Getenv("POSTERN_SERVICE") + "/" + operation
	req, err := http.NewRequest(method, address, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	req.Header = http.Header{"Authorization": {"Bearer " + os.Getenv("POSTERN_TOKEN")},
		"Content-Type": {"application/json"}, "Prefer": {"relay"}}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if res.StatusCode == 400 {
		return nil, errUnreadable
	} else if res.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", operation, answer)
	}
	return answer, err
}

func post(operation string, body object) (answer object, err error) {
	text, err := call("POST", operation, body)
	if err == nil {
		err = json.Unmarshal(text, &answer)
	}
	return answer, err
}

// A response of the frontend's own, in the form of those of Postern.
func respond(status float64, headers object, body string) object {
	return object{"relay": object{"status": status, "headers": headers, "body": body}}
}

// A document that anyone may read.
func read(operation string) endpoint {
	return func(*http.Request) (object, error) {
		text, err := call("GET", operation, nil)
		return respond(200, object{"Content-Type": "application/json"}, string(text)), err
	}
}

// An endpoint returns what to relay.
type endpoint func(*http.Request) (object, error)

func (made endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer, err := made(r)
	relay, ok := answer["relay"].(object)
	if err != nil || !ok {
		log.Print(err, answer["action"])
		status, name := 500.0, "server_error"
		if errors.Is(err, errUnreadable) {
			status, name = 400, "invalid_request"
		}
		failed := respond(status, object{"Content-Type": "application/json"}, `{"error":"`+name+`"}`)
		relay = failed["relay"].(object)
	}
	if nonce, ok := answer["dpopNonce"].(string); ok {
		w.Header().Set("DPoP-Nonce", nonce)
	}
	for name, value := range relay["headers"].(object) {
		w.Header().Set(name, value.(string))
	}
	w.WriteHeader(int(relay["status"].(float64)))
	body, _ := relay["body"].(string)
	io.WriteString(w, body)
}

func form(r *http.Request) string {
	text, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10))
	return string(text)
}

// HTTP Basic, whose parts are form-encoded (RFC 6749 §2.3.1), and the DPoP proof.
func credentials(r *http.Request) object {
	body := object{"htm": r.Method, "htu": os.Getenv("ISSUER") + r.URL.Path}
	if proofs := r.Header.Values("DPoP"); len(proofs) > 0 {
		body["dpop"] = strings.Join(proofs, ",")
	}
	if id, secret, ok := r.BasicAuth(); ok {
		body["clientId"], _ = url.QueryUnescape(id)
		body["clientSecret"], _ = url.QueryUnescape(secret)
	}
	return body
}

// An access token. A proof counts with the scheme DPoP only (RFC 9449 §7.1).
func presented(r *http.Request) object {
	body := credentials(r)
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "DPoP") {
		delete(body, "dpop")
	}
	return object{"token": strings.TrimSpace(token), "dpop": body["dpop"], "htm": body["htm"], "htu": body["htu"]}
}

// RFC 7662 §2.1: a resource server authenticates, here with RESOURCE_SERVER=id:secret.
func isResourceServer(r *http.Request) bool {
	id, secret, _ := r.BasicAuth()
	expected := os.Getenv("RESOURCE_SERVER")
	return expected != "" && subtle.ConstantTimeCompare([]byte(id+":"+secret), []byte(expected)) == 1
}
