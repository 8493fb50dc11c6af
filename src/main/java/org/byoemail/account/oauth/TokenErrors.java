package org.byoemail.account.oauth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.ResponseErrorHandler;

/**
 * Reads the error of a token endpoint (RFC 6749 section 5.2), whatever its status: Spring
 * Security's own handler reads it from 400 only, while {@code invalid_client} comes with 401.
 */
final class TokenErrors implements ResponseErrorHandler {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern CODE = Pattern.compile("[!#-\\[\\]-~]{1,64}");

  /** The provider's error. */
  static final class Refused extends RuntimeException {
    private final String code;
    private final @Nullable String description;

    Refused(String code, @Nullable String description) {
      super(code);
      this.code = code;
      this.description = description;
    }

    String code() {
      return code;
    }

    @Nullable String description() {
      return description;
    }
  }

  @Override
  public boolean hasError(ClientHttpResponse response) throws IOException {
    return response.getStatusCode().value() != 200;
  }

  @Override
  public void handleError(
      java.net.URI url, org.springframework.http.HttpMethod method, ClientHttpResponse response)
      throws IOException {
    HttpStatusCode status = response.getStatusCode();
    if (status.is4xxClientError() && status.value() != 429 && status.value() != 408) {
      JsonNode error = error(response);
      String code = error.path("error").asText();
      if (CODE.matcher(code).matches()) {
        // A second code of Microsoft says that a person has to act.
        String more = error.path("suberror").asText();
        String description = error.path("error_description").asText(null);
        throw new Refused(
            code.equals("invalid_grant") && more.equals("interaction_required") ? more : code,
            description);
      }
    }
    throw new IOException("it answered " + status.value());
  }

  private static JsonNode error(ClientHttpResponse response) throws IOException {
    try {
      JsonNode read =
          JSON.readTree(new String(response.getBody().readAllBytes(), StandardCharsets.UTF_8));
      return read == null ? JSON.createObjectNode() : read;
    } catch (JsonProcessingException e) {
      return JSON.createObjectNode();
    }
  }
}
