package org.byoemail.platform.dossier;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a chain, seal by seal from the first one. For one organisation and one thread.
 *
 * <p>It finds what was changed, removed, swapped or added after it was sealed, and heads that no
 * trusted key has signed. It cannot find that the newest seals are missing, unless a published head
 * is given.
 */
public final class ChainVerification {
  private static final int MAX_PROBLEMS = 100;
  private static final HexFormat HEX = HexFormat.of();

  private final String organization;
  private final Map<String, byte[]> keys;
  private final @Nullable Long unsignedUpTo;
  private final ObjectMapper json = new ObjectMapper();
  private final List<String> problems = new ArrayList<>();
  private final Set<String> signers = new TreeSet<>();
  private final List<Long> missing = new ArrayList<>();
  private final NumberRanges erasures = new NumberRanges();
  private final Map<Long, String> heads = new HashMap<>();
  private byte[] head = DossierDigests.NO_HEAD;
  private long seals;
  private long entries;
  private long unsigned;
  private final List<Long> pruned = new ArrayList<>();
  private final NumberRanges mayBePruned = new NumberRanges();

  /**
   * @param keys the public keys that are trusted, by their ids
   * @param unsignedUpTo the last seal that may be without signature; null: any, until one is signed
   * @param heads published heads by their numbers, in hexadecimal, that the chain must have
   */
  ChainVerification(
      String organization,
      Map<String, byte[]> keys,
      @Nullable Long unsignedUpTo,
      Map<Long, String> heads) {
    this.organization = organization;
    this.keys = keys;
    this.unsignedUpTo = unsignedUpTo;
    this.heads.putAll(heads);
  }

  /**
   * The result.
   *
   * @param erased entries whose contents were erased, as an entry says
   * @param unsigned seals without signature
   * @param pruned seals whose entries were deleted after their retention period
   * @param head the last one, in hexadecimal; null if there is no seal
   * @param keys the ids of those that signed
   * @param problems what is wrong, at most 100
   */
  public record Result(
      String organization,
      long seals,
      long entries,
      long erased,
      long unsigned,
      long pruned,
      @Nullable String head,
      Set<String> keys,
      List<String> problems) {
    /** Whether nothing is wrong. */
    public boolean isValid() {
      return problems.isEmpty();
    }
  }

  /** Verifies the next seal and its entries, if they still exist. */
  void add(Seal seal, List<StoredEntry> found) {
    String name = "seal " + seal.number();
    if (seal.number() != seals + 1) {
      problem("seal " + (seals + 1) + " is missing before " + name);
    } else if (!Arrays.equals(seal.previous(), head)) {
      problem(name + " does not follow the head of the seal before");
    }
    if (!Arrays.equals(seal.expectedHead(), seal.head())) {
      problem(name + ": its head is not the one of its data");
    }
    String published = heads.remove(seal.number());
    if (published != null && !published.equalsIgnoreCase(HEX.formatHex(seal.head()))) {
      problem(name + ": its head is not the one that was published");
    }
    signature(seal, name);
    if (seal.entries() == null) {
      pruned.add(seal.number());
    } else {
      entries(seal, seal.entries(), found, name);
    }
    head = seal.head();
    seals = seal.number();
  }

  private void signature(Seal seal, String name) {
    if (seal.key() == null || seal.signature() == null) {
      unsigned++;
      if (!signers.isEmpty()) {
        problem(name + " is not signed, though earlier ones are");
      } else if (unsignedUpTo != null && seal.number() > unsignedUpTo) {
        problem(name + " is not signed");
      }
      return;
    }
    byte[] key = keys.get(seal.key());
    if (key == null) {
      problem(name + " is signed by key " + seal.key() + ", which is not trusted");
    } else if (!SigningKey.isValid(key, seal.head(), seal.signature())) {
      problem(name + ": its signature is not by key " + seal.key());
    }
    signers.add(seal.key());
  }

  private void entries(Seal seal, List<Long> numbers, List<StoredEntry> found, String name) {
    Map<Long, StoredEntry> byNumber = new HashMap<>();
    found.forEach(entry -> byNumber.put(entry.number(), entry));
    List<byte[]> leaves = new ArrayList<>();
    for (long number : numbers) {
      StoredEntry entry = byNumber.get(number);
      if (entry == null) {
        problem("entry " + number + " of " + name + " was removed");
        continue;
      }
      entries++;
      leaves.add(entry.leaf());
      content(entry);
    }
    boolean isComplete = leaves.size() == numbers.size() && numbers.size() == seal.count();
    if (numbers.size() != seal.count()) {
      problem(name + " names another number of entries than it was made of");
    } else if (isComplete
        && (leaves.isEmpty() || !Arrays.equals(DossierDigests.root(leaves), seal.root()))) {
      problem(
          name
              + ": its entries ("
              + span(numbers)
              + ") are not those that it was made of, or not in that order");
    }
  }

  private static String span(List<Long> numbers) {
    return numbers.isEmpty() ? "none" : numbers.get(0) + " to " + numbers.get(numbers.size() - 1);
  }

  private void content(StoredEntry entry) {
    if (!entry.organization().equals(organization)) {
      problem("entry " + entry.number() + " is of another organization");
    }
    if (!entry.isContentGenuine()) {
      problem("entry " + entry.number() + ": its content is not the one that was recorded");
    } else if (entry.isErased()) {
      missing.add(entry.number());
    } else if (entry.kind().equals(DossierKind.ERASED.word())) {
      erasure(entry);
    }
  }

  /**
   * Takes an entry about an erasure that has no seal yet: what it names is gone already.
   *
   * @param entry of no seal
   */
  void unsealedErasure(StoredEntry entry) {
    if (!entry.isErased() && entry.isContentGenuine()) {
      erasure(entry);
    }
  }

  private void erasure(StoredEntry entry) {
    JsonNode erased = erased(entry);
    erasures.add(erased.path("entries"));
    mayBePruned.add(erased.path("seals"));
    mayBePruned.add(1, erased.path("sealsUpTo").asLong()); // as earlier releases wrote it
  }

  private JsonNode erased(StoredEntry entry) {
    try {
      return json.readTree(entry.content());
    } catch (JsonProcessingException e) {
      problem("entry " + entry.number() + " cannot be read");
      return json.createObjectNode();
    }
  }

  /** Notes something that is wrong. */
  void problem(String what) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(what);
    }
  }

  /** The result after the last seal. */
  Result end() {
    for (long number : missing) {
      if (!erasures.contains(number)) {
        problem(
            "the content of entry " + number + " is gone, and no entry says that it was erased");
      }
    }
    if (unsignedUpTo != null && seals > 0 && unsigned == seals) {
      problem("no seal is signed");
    }
    for (long number : pruned) {
      if (!mayBePruned.contains(number)) {
        problem(
            "the entries of seal "
                + number
                + " are gone, and no entry says that they were deleted");
      }
    }
    heads
        .keySet()
        .forEach(number -> problem("seal " + number + ", whose head was published, is missing"));
    return new Result(
        organization,
        seals,
        entries,
        missing.size(),
        unsigned,
        pruned.size(),
        seals == 0 ? null : HEX.formatHex(head),
        signers,
        List.copyOf(problems));
  }
}
