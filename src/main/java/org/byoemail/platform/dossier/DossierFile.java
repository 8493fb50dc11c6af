package org.byoemail.platform.dossier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the dossier of a message as {@code GET /messages/{id}/dossier} returns it, without a
 * database: that each entry is in a seal, and each seal signed by a trusted key. The file may be
 * forged, so nothing in it is believed.
 */
public final class DossierFile {
  private static final int MAX_PROOF = 32;
  private static final HexFormat HEX = HexFormat.of();

  private final ObjectMapper json = new ObjectMapper();
  private final List<String> problems = new ArrayList<>();

  private DossierFile() {}

  /**
   * The result.
   *
   * @param unsealed entries that had no seal when the file was made
   * @param unsigned seals without signature
   * @param problems what is wrong
   */
  public record Result(
      String messageId,
      int entries,
      int erased,
      int unsealed,
      int unsigned,
      List<String> problems) {}

  /**
   * Verifies a dossier.
   *
   * @param keys the public keys that are trusted, PEM or Base64. With one, whatever no trusted key
   *     has signed is wrong; without, only what contradicts itself is
   * @throws IllegalArgumentException if it is no dossier, or a key cannot be read
   */
  public static Result verify(JsonNode dossier, List<String> keys) {
    if (!MessageDossier.FORMAT.equals(dossier.path("format").asText())) {
      throw new IllegalArgumentException(
          "is no dossier: its format is not " + MessageDossier.FORMAT);
    }
    try {
      return new DossierFile().check(dossier, DossierVerifier.parsed(keys));
    } catch (java.time.DateTimeException e) {
      throw new IllegalArgumentException("has a time that cannot be read");
    }
  }

  private Result check(JsonNode dossier, Map<String, byte[]> keys) {
    String organization = dossier.path("organization").asText();
    UUID message = UUID.fromString(dossier.path("messageId").asText());
    int unsigned = 0;
    Map<Long, JsonNode> seals = new HashMap<>();
    for (JsonNode seal : dossier.path("seals")) {
      seals.put(seal.path("number").asLong(), seal);
      if (!seal(seal, organization, keys)) {
        unsigned++;
        if (!keys.isEmpty()) {
          problems.add("seal " + seal.path("number").asLong() + " is not signed");
        }
      }
    }
    int entries = 0;
    int erased = 0;
    int unsealed = 0;
    for (JsonNode entry : dossier.path("entries")) {
      entries++;
      erased += entry.hasNonNull("text") ? 0 : 1;
      if (!entry.hasNonNull("seal")) {
        unsealed++;
        if (!keys.isEmpty()) {
          problems.add(
              "entry "
                  + entry.path("number").asLong()
                  + " is in no seal, so that nothing proves it: new ones are sealed within seconds");
        }
      }
      entry(entry, organization, message, seals);
    }
    return new Result(message.toString(), entries, erased, unsealed, unsigned, problems);
  }

  /** Whether it is signed. */
  private boolean seal(JsonNode seal, String organization, Map<String, byte[]> keys) {
    long number = seal.path("number").asLong();
    String key = seal.hasNonNull("key") ? seal.path("key").asText() : null;
    byte[] head =
        DossierDigests.head(
            organization,
            number,
            digest(seal, "previous"),
            digest(seal, "root"),
            seal.path("entries").asInt(),
            Instant.parse(seal.path("sealedAt").asText()),
            key);
    if (!Arrays.equals(head, digest(seal, "head"))) {
      problems.add("seal " + number + ": its head is not the one of its data");
    }
    if (key == null) {
      return false;
    }
    byte[] trusted = keys.get(key);
    if (trusted == null) {
      problems.add("seal " + number + " is signed by key " + key + ", which is not trusted");
    } else if (!SigningKey.isValid(trusted, head, hex(seal, "signature"))) {
      problems.add("seal " + number + ": its signature is not by key " + key);
    }
    return true;
  }

  private void entry(JsonNode entry, String organization, UUID message, Map<Long, JsonNode> seals) {
    long number = entry.path("number").asLong();
    byte[] digest = hex(entry, "digest");
    if (entry.hasNonNull("text")
        && !Arrays.equals(
            DossierDigests.content(hex(entry, "salt"), entry.path("text").asText()), digest)) {
      problems.add("entry " + number + ": its content is not the one that was recorded");
    }
    if (!isContentOfText(entry)) {
      problems.add("entry " + number + ": its content is not what its text says");
    }
    if (!entry.hasNonNull("seal")) {
      return;
    }
    JsonNode seal = seals.get(entry.path("seal").asLong());
    if (seal == null) {
      problems.add("entry " + number + ": its seal is not in the file");
      return;
    }
    byte[] leaf =
        DossierDigests.leaf(
            organization,
            number,
            message,
            entry.path("kind").asText(),
            Instant.parse(entry.path("recordedAt").asText()),
            digest);
    byte @Nullable [] root =
        rootOf(leaf, entry, Math.max(0, Math.min(1 << 20, seal.path("entries").asInt())));
    if (root == null || !Arrays.equals(root, digest(seal, "root"))) {
      problems.add("entry " + number + " is not in seal " + seal.path("number").asLong());
    }
  }

  /** People read the content, but only the text is digested. */
  private boolean isContentOfText(JsonNode entry) {
    if (!entry.hasNonNull("text")) {
      return !entry.hasNonNull("content");
    }
    try {
      return json.readTree(entry.path("text").asText()).equals(entry.path("content"));
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static byte @Nullable [] rootOf(byte[] leaf, JsonNode entry, int count) {
    List<byte[]> proof = new ArrayList<>();
    for (JsonNode step : entry.path("proof")) {
      if (proof.size() == MAX_PROOF) {
        return null;
      }
      proof.add(bytes(step.asText()));
    }
    return DossierDigests.rootOf(leaf, entry.path("index").asInt(-1), count, proof);
  }

  private static byte[] digest(JsonNode of, String field) {
    byte[] bytes = hex(of, field);
    if (bytes.length != DossierDigests.BYTES) {
      throw new IllegalArgumentException(field + " of a seal must be 32 bytes in hexadecimal");
    }
    return bytes;
  }

  private static byte[] hex(JsonNode of, String field) {
    return bytes(of.path(field).asText());
  }

  private static byte[] bytes(String hex) {
    return HEX.parseHex(hex);
  }
}
