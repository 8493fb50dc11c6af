package org.byoemail.platform.dossier;

import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The dossier of a message, with all that is needed to verify it without the database. Digests and
 * signatures are in hexadecimal.
 *
 * @param complete whether it begins with the acceptance of the message, and none of its contents
 *     was erased
 * @param truncated whether there are more entries than these
 * @param mail the address at which the stored message is composed again, as it is now
 * @param sent the bytes that left, one for each attempt, and where they are kept
 */
@Schema(name = "MessageDossier")
public record MessageDossier(
    @Schema(allowableValues = FORMAT) String format,
    UUID messageId,
    String organization,
    boolean complete,
    boolean truncated,
    String mail,
    List<SentMail> sent,
    List<Entry> entries,
    List<Link> seals,
    List<Key> keys) {
  /** Names the form of this JSON. */
  public static final String FORMAT = "byo-email-dossier-1";

  /**
   * An entry.
   *
   * @param content as an object, to be read; null: erased
   * @param text as it was digested; null: erased
   * @param salt null: erased
   * @param digest SHA-256 over salt and text
   * @param seal null: it has none so far
   * @param index its place among the leaves of the seal's Merkle tree
   * @param proof from the leaf to the root (RFC 9162 section 2.1.3.1); null: it cannot be made,
   *     since entries of the seal are missing
   */
  @Schema(name = "DossierEntry")
  public record Entry(
      long number,
      String kind,
      Instant recordedAt,
      @Schema(type = "object") @Nullable JsonNode content,
      @Nullable String text,
      @Nullable String salt,
      String digest,
      @Nullable Long seal,
      @Nullable Integer index,
      @Nullable List<String> proof) {}

  /**
   * What was sent in an attempt.
   *
   * @param entry the number of the attempt's entry, which proves the digest
   * @param sha256 of the bytes as the server got them; null: none were sent, or they are not known
   * @param bytes how many there are; null if the digest is
   * @param kept where the approved and sent bytes are kept; null: they are not kept
   * @param words where they are, or why they are not kept
   */
  @Schema(name = "DossierSentMail")
  public record SentMail(
      long entry,
      @Nullable String sha256,
      @Nullable Long bytes,
      @Nullable String kept,
      String words) {}

  /**
   * A seal.
   *
   * @param entries how many entries it was made of
   * @param key the id of the key that signed it; null: it is not signed
   */
  @Schema(name = "DossierSeal")
  public record Link(
      long number,
      String previous,
      String root,
      int entries,
      Instant sealedAt,
      String head,
      @Nullable String key,
      @Nullable String signature) {}

  /**
   * A public key as the database names it: who verifies a dossier should know it from elsewhere.
   *
   * @param publicKey its 32 bytes
   */
  @Schema(name = "DossierKey")
  public record Key(String id, String publicKey) {}
}
