package org.byoemail.platform.dossier;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The digests that the chain is made of. ADR 46 defines the formats, which never change. */
public final class DossierDigests {
  /** Bytes of each digest. */
  static final int BYTES = 32;

  /** What the first head follows. */
  static final byte[] NO_HEAD = new byte[BYTES];

  private static final byte[] HEAD = "byo-email dossier head 1\0".getBytes(StandardCharsets.UTF_8);
  private static final byte[] SIGNED =
      "byo-email dossier signature 1\0".getBytes(StandardCharsets.UTF_8);

  // RFC 9162 section 2.1.1: leaves and nodes are digested apart.
  private static final byte LEAF = 0;
  private static final byte NODE = 1;

  private DossierDigests() {}

  /** The salted digest of an entry's content. */
  static byte[] content(byte[] salt, String content) {
    return sha256(salt, content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The leaf of an entry.
   *
   * @param message null: the entry is about the chain itself
   * @param content the digest of its content
   */
  static byte[] leaf(
      String organization,
      long number,
      @Nullable UUID message,
      String kind,
      Instant recordedAt,
      byte[] content) {
    byte[] organizationText = text(organization);
    byte[] kindText = text(kind);
    ByteBuffer data =
        ByteBuffer.allocate(1 + organizationText.length + kindText.length + 33 + content.length);
    data.put(LEAF).put(organizationText).putLong(number);
    data.put((byte) (message == null ? 0 : 1));
    data.putLong(message == null ? 0 : message.getMostSignificantBits());
    data.putLong(message == null ? 0 : message.getLeastSignificantBits());
    data.put(kindText).putLong(micros(recordedAt)).put(content);
    return sha256(data.array());
  }

  /** The Merkle tree hash (RFC 9162 section 2.1.1) of leaves, of which there is at least one. */
  static byte[] root(List<byte[]> leaves) {
    if (leaves.size() == 1) {
      return leaves.get(0);
    }
    int split = split(leaves.size());
    return node(root(leaves.subList(0, split)), root(leaves.subList(split, leaves.size())));
  }

  /** The inclusion proof (RFC 9162 section 2.1.3.1) of a leaf, from the leaf to the root. */
  static List<byte[]> proof(List<byte[]> leaves, int index) {
    if (leaves.size() == 1) {
      return new ArrayList<>();
    }
    int split = split(leaves.size());
    List<byte[]> left = leaves.subList(0, split);
    List<byte[]> right = leaves.subList(split, leaves.size());
    List<byte[]> path = index < split ? proof(left, index) : proof(right, index - split);
    path.add(index < split ? root(right) : root(left));
    return path;
  }

  /** The root that a proof leads to (RFC 9162 section 2.1.3.2); null if it leads nowhere. */
  static byte @Nullable [] rootOf(byte[] leaf, int index, int count, List<byte[]> proof) {
    if (index < 0 || index >= count) {
      return null;
    }
    return rootOf(leaf, index, count, proof, proof.size());
  }

  private static byte @Nullable [] rootOf(
      byte[] leaf, int index, int count, List<byte[]> proof, int length) {
    if (count == 1) {
      return length == 0 ? leaf : null;
    }
    if (length == 0) {
      return null;
    }
    int split = split(count);
    byte[] sibling = proof.get(length - 1);
    byte[] own =
        index < split
            ? rootOf(leaf, index, split, proof, length - 1)
            : rootOf(leaf, index - split, count - split, proof, length - 1);
    if (own == null) {
      return null;
    }
    return index < split ? node(own, sibling) : node(sibling, own);
  }

  /**
   * A head.
   *
   * @param key the id of the key that signs it; null: it is not signed
   */
  static byte[] head(
      String organization,
      long number,
      byte[] previous,
      byte[] root,
      int count,
      Instant sealedAt,
      @Nullable String key) {
    byte[] organizationText = text(organization);
    byte[] keyText = text(key == null ? "" : key);
    ByteBuffer data =
        ByteBuffer.allocate(
            HEAD.length + organizationText.length + keyText.length + 2 * BYTES + 8 + 4 + 8);
    data.put(HEAD).put(organizationText).putLong(number).put(previous).put(root).putInt(count);
    data.putLong(micros(sealedAt)).put(keyText);
    return sha256(data.array());
  }

  /** What is signed of a head. */
  static byte[] signed(byte[] head) {
    return ByteBuffer.allocate(SIGNED.length + head.length).put(SIGNED).put(head).array();
  }

  private static byte[] node(byte[] left, byte[] right) {
    return sha256(new byte[] {NODE}, left, right);
  }

  /** The largest power of two below a number of leaves. */
  private static int split(int leaves) {
    return Integer.highestOneBit(leaves - 1);
  }

  /** PostgreSQL's resolution. */
  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  private static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).array();
  }

  static byte[] sha256(byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
