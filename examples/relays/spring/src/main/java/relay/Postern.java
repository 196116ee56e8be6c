package relay;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

/** Calls of Postern, the responses that it prepared for clients, and what requests prove. */
final class Postern {
  private static final Map<String, String> ENV = System.getenv();
  private static final RestClient API = RestClient.builder()
      .baseUrl(ENV.get("POSTERN_URL") + "/api/" + ENV.get("POSTERN_SERVICE") + "/")
      .defaultHeader("Authorization", "Bearer " + ENV.get("POSTERN_TOKEN"))
      .defaultHeader("Prefer", "relay").build();

  static Map<?, ?> post(String operation, Map<String, ?> body) {
    return API.post().uri(operation).contentType(MediaType.APPLICATION_JSON).body(body)
        .retrieve().body(Map.class);
  }

  /** A document that anyone may read. */
  static Map<?, ?> read(String operation) {
    return API.get().uri(operation).retrieve().body(Map.class);
  }

  @SuppressWarnings("unchecked")
  static ResponseEntity<?> send(Map<?, ?> answer, Object nonce) {
    Map<?, ?> relay = (Map<?, ?>) answer.get("relay");
    HttpHeaders headers = new HttpHeaders();
    ((Map<String, String>) relay.get("headers")).forEach(headers::set);
    if (nonce != null) headers.set("DPoP-Nonce", nonce.toString());
    String body = (String) relay.get("body");
    byte[] bytes = body == null ? null : body.getBytes(StandardCharsets.UTF_8);
    return ResponseEntity.status((Integer) relay.get("status")).headers(headers).body(bytes);
  }

  /** The body as it came: `getParameter` would put parameters of the query into it. */
  static String form(HttpServletRequest request) throws IOException {
    return new String(request.getInputStream().readNBytes(64 << 10), StandardCharsets.UTF_8);
  }

  private static String[] authorization(HttpServletRequest request) {
    String header = request.getHeader("Authorization");
    String[] parts = header == null ? new String[0] : header.trim().split(" +");
    return parts.length == 2 ? parts : new String[] {"", null};
  }

  private static Map<String, Object> proof(HttpServletRequest request) {
    Map<String, Object> body = new HashMap<>();
    body.put("htm", request.getMethod());
    body.put("htu", ENV.get("ISSUER") + request.getRequestURI());
    String proofs = String.join(",", Collections.list(request.getHeaders("DPoP")));
    if (!proofs.isEmpty()) body.put("dpop", proofs);
    return body;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }

  /** HTTP Basic, whose parts are form-encoded (RFC 6749 §2.3.1), and the DPoP proof. */
  static Map<String, Object> credentials(HttpServletRequest request) {
    Map<String, Object> body = proof(request);
    String[] authorization = authorization(request);
    if (!authorization[0].equalsIgnoreCase("basic")) return body;
    byte[] bytes = Base64.getMimeDecoder().decode(authorization[1]);
    String[] parts = new String(bytes, StandardCharsets.UTF_8).split(":", 2);
    body.put("clientId", decoded(parts[0]));
    body.put("clientSecret", parts.length == 2 ? decoded(parts[1]) : "");
    return body;
  }

  /** An access token. A proof counts with the scheme DPoP only (RFC 9449 §7.1). */
  static Map<String, Object> presented(HttpServletRequest request) {
    String[] authorization = authorization(request);
    Map<String, Object> body = proof(request);
    if (!authorization[0].equalsIgnoreCase("dpop")) body.remove("dpop");
    body.put("token", authorization[1]);
    return body;
  }

  /** RFC 7662 §2.1: a resource server authenticates, here with `RESOURCE_SERVER=id:secret`. */
  static boolean isResourceServer(HttpServletRequest request) {
    String server = ENV.getOrDefault("RESOURCE_SERVER", "");
    String given = String.valueOf(request.getHeader("Authorization"));
    String expected = "Basic " + Base64.getEncoder().encodeToString(server.getBytes());
    return !server.isEmpty() && MessageDigest.isEqual(given.getBytes(), expected.getBytes());
  }
}
