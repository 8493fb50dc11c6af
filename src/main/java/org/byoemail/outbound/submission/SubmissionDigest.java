package org.byoemail.outbound.submission;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 over the canonical form of a submission's JSON: keys in order, no white space, no
 * nulls. Two submissions that say the same in another layout have the same one.
 */
final class SubmissionDigest {

  private SubmissionDigest() {}

  /** Writes JSON in the canonical form. */
  static ObjectMapper canonical(JsonFactory factory) {
    return JsonMapper.builder(factory)
        .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
        .disable(JsonNodeFeature.WRITE_NULL_PROPERTIES)
        .build();
  }

  static String of(ObjectMapper canonical, JsonNode submission) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      canonical.writeValue(
          new DigestOutputStream(OutputStream.nullOutputStream(), digest), submission);
      return HexFormat.of().formatHex(digest.digest());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a submission that cannot be written as JSON", e);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
