package relay;

import static relay.Postern.credentials;
import static relay.Postern.form;
import static relay.Postern.isResourceServer;
import static relay.Postern.post;
import static relay.Postern.presented;
import static relay.Postern.read;
import static relay.Postern.send;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClientResponseException;

/** An authorization server in Spring: Postern decides, and this class relays what it answers. */
@RestController
@SpringBootApplication
public class Relay {
  /** Your login and consent pages belong here. This one believes everyone. */
  static final String PAGE = """
      <!doctype html><title>Log in</title><form method="post" action="/login">
      <input type="hidden" name="ticket" value="%s"><label>User <input name="subject"></label>
      <button name="decision" value="allow">Allow</button><button>Deny</button></form>""";

  @RequestMapping("/authorize")
  ResponseEntity<?> authorize(HttpServletRequest request) throws IOException {
    String query = request.getQueryString() == null ? "" : request.getQueryString();
    String parameters = request.getMethod().equals("POST") ? form(request) : query;
    Map<?, ?> answer = post("auth/authorization", Map.of("parameters", parameters));
    Object action = answer.get("action"), ticket = answer.get("ticket");
    if (action.equals("INTERACTION"))
      return ResponseEntity.ok().contentType(MediaType.TEXT_HTML)
          .header("Cache-Control", "no-store").body(PAGE.formatted(ticket));
    if (!action.equals("NO_INTERACTION")) return send(answer, null);
    return fail(ticket, "NOT_LOGGED_IN");
  }

  @PostMapping("/login")
  ResponseEntity<?> logIn(@RequestParam Map<String, String> sent) {
    Object ticket = sent.get("ticket"), subject = sent.get("subject");
    if (!"allow".equals(sent.get("decision"))) return fail(ticket, "DENIED");
    var decided = Map.of("ticket", ticket, "subject", subject);
    return send(post("auth/authorization/issue", decided), null);
  }

  ResponseEntity<?> fail(Object ticket, String reason) {
    var decided = Map.of("ticket", ticket, "reason", reason);
    return send(post("auth/authorization/fail", decided), null);
  }

  @PostMapping({"/token", "/par", "/revoke"})
  ResponseEntity<?> relay(HttpServletRequest request) throws IOException {
    var operations = Map.of("/token", "auth/token", "/par", "pushed_auth_req", "/revoke", "auth/revocation");
    Map<String, Object> body = credentials(request);
    body.put("parameters", form(request));
    return send(post(operations.get(request.getServletPath()), body), null);
  }

  @RequestMapping("/userinfo")
  ResponseEntity<?> userInfo(HttpServletRequest request) {
    Map<String, Object> presented = presented(request);
    Map<?, ?> answer = post("auth/userinfo", presented);
    if (!answer.get("action").equals("OK")) return send(answer, null);
    // Your claims about the user belong here, as JSON.
    var issue = Map.of("token", presented.get("token"), "claims", "{}");
    return send(post("auth/userinfo/issue", issue), answer.get("dpopNonce"));
  }

  @PostMapping("/introspect")
  ResponseEntity<?> introspect(HttpServletRequest request) throws IOException {
    if (isResourceServer(request))
      return send(post("auth/introspection/standard", Map.of("parameters", form(request))), null);
    var challenge = "Basic realm=\"introspection\"";
    return ResponseEntity.status(401).header("WWW-Authenticate", challenge).build();
  }

  @GetMapping("/jwks")
  Map<?, ?> jwks() {
    return read("service/jwks/get");
  }

  @GetMapping({"/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"})
  Map<?, ?> configuration() {
    return read("service/configuration");
  }

  @ExceptionHandler
  ResponseEntity<?> failed(RestClientResponseException error) {
    System.err.println(error.getMessage());
    int status = error.getStatusCode().value() == 400 ? 400 : 500;
    String name = status == 400 ? "invalid_request" : "server_error";
    return ResponseEntity.status(status).body(Map.of("error", name));
  }

  public static void main(String[] arguments) {
    SpringApplication.run(Relay.class, arguments);
  }
}
