package org.byoemail.account.connection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.function.Predicate;
import org.byoemail.account.registry.ServerSettings;
import org.jspecify.annotations.Nullable;

/** The SASL mechanisms that sign in with a bearer token. */
enum BearerSasl {
  /**
   * The one of Google and Microsoft (developers.google.com/workspace/gmail/imap/xoauth2-protocol);
   * an error is acknowledged by an empty line.
   */
  XOAUTH2("") {
    @Override
    String text(ServerSettings server, String user, String token) {
      return "user=" + user + "\1auth=Bearer " + token + "\1\1";
    }
  },

  /** RFC 7628; an error is acknowledged by a line of %x01 (section 3.2.3). */
  OAUTHBEARER("AQ==") {
    @Override
    String text(ServerSettings server, String user, String token) {
      return "n,a="
          + user.replace("=", "=3D").replace(",", "=2C")
          + ",\1host="
          + HostVetting.name(server.host())
          + "\1port="
          + server.port()
          + "\1auth=Bearer "
          + token
          + "\1\1";
    }
  };

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_CHALLENGE = 4096;
  private static final int MAX_VALUE = 200;

  private final String end;

  BearerSasl(String end) {
    this.end = end;
  }

  abstract String text(ServerSettings server, String user, String token);

  /** The mechanism to use; null if the server offers none. XOAUTH2 is what providers document. */
  static @Nullable BearerSasl offered(Predicate<String> offers) {
    for (BearerSasl sasl : values()) {
      if (offers.test(sasl.mechanism())) {
        return sasl;
      }
    }
    return null;
  }

  String mechanism() {
    return name();
  }

  /** The initial client response in Base64. */
  String response(ServerSettings server, String user, String token) {
    return Base64.getEncoder()
        .encodeToString(text(server, user, token).getBytes(StandardCharsets.UTF_8));
  }

  /** What acknowledges an error challenge. */
  String end() {
    return end;
  }

  /**
   * The error in a challenge, such as {@code (status 401, schemes bearer)}; empty if it is none.
   *
   * @param challenge JSON in Base64: status, schemes, scope
   */
  static String detail(String challenge) {
    String text = challenge.strip();
    if (text.isEmpty() || text.length() > MAX_CHALLENGE) {
      return "";
    }
    try {
      JsonNode error = JSON.readTree(Base64.getDecoder().decode(text));
      StringJoiner shown = new StringJoiner(", ", " (", ")").setEmptyValue("");
      for (String field : new String[] {"status", "schemes", "scope"}) {
        JsonNode value = error.path(field);
        if (value.isValueNode() && !value.asText().isBlank()) {
          String words = value.asText();
          shown.add(
              field.toLowerCase(Locale.ROOT)
                  + " "
                  + words.substring(0, Math.min(MAX_VALUE, words.length())));
        }
      }
      return shown.toString();
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return "";
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
