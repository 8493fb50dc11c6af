package org.byoemail.format.authentication;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * DMARC records, found by the tree walk of RFC 9989 section 4.10: no list of public suffixes. Lives
 * as long as the check of one mail.
 */
final class DmarcTree {
  private static final int MAX_LABELS = 8;

  private final TxtRecords texts;
  private final Map<String, Optional<TagList>> records = new HashMap<>();

  DmarcTree(TxtRecords texts) {
    this.texts = texts;
  }

  /**
   * Whether a domain proves the author's: the same one, or, unless the author's record asks for
   * strict alignment, one of the same organization.
   *
   * @param strictTag the tag of the record that may ask for strict alignment: {@code adkim} or
   *     {@code aspf}
   */
  boolean isAligned(String author, String domain, String strictTag) throws TxtRecords.Unavailable {
    if (author.equals(domain)) {
      return true;
    }
    // An organizational domain is above both, and no top-level domain: most strangers cost no
    // query.
    if (commonLabels(author, domain) < 2) {
      return false;
    }
    Optional<TagList> policy = policy(author);
    boolean strict = policy.filter(record -> record.word(strictTag, "r").equals("s")).isPresent();
    return !strict && organization(author).equals(organization(domain));
  }

  /** Whether the author's domain asks receivers to quarantine or reject what fails. */
  boolean isEnforced(String author) throws TxtRecords.Unavailable {
    Optional<TagList> own = record(author);
    if (own.isPresent()) {
      return enforces(own.get().word("p", "none"));
    }
    Optional<TagList> record = policy(author);
    return record.isPresent() && enforces(record.get().word("sp", record.get().word("p", "none")));
  }

  private static boolean enforces(String policy) {
    return policy.equals("quarantine") || policy.equals("reject");
  }

  /** The record that applies to a domain: its own, else its organization's. */
  private Optional<TagList> policy(String domain) throws TxtRecords.Unavailable {
    Optional<TagList> own = record(domain);
    return own.isPresent() ? own : record(organization(domain));
  }

  /** The organizational domain (RFC 9989 section 4.10.2). */
  String organization(String domain) throws TxtRecords.Unavailable {
    Map<String, TagList> found = new LinkedHashMap<>();
    String below = domain;
    for (String name = domain; !name.isEmpty(); name = next(name)) {
      Optional<TagList> record = record(name);
      if (record.isPresent()) {
        String psd = record.get().word("psd", "u");
        if (psd.equals("n")) {
          return name;
        }
        if (psd.equals("y") && !name.equals(domain)) {
          return below;
        }
        found.put(name, record.get());
        if (psd.equals("y")) {
          break;
        }
      }
      below = oneBelow(domain, next(name));
    }
    String shortest = domain;
    for (String name : found.keySet()) {
      shortest = name;
    }
    return shortest;
  }

  /** The domain that is one label below a domain further up. */
  private static String oneBelow(String domain, String above) {
    int labels = labels(above) + 1;
    String name = domain;
    while (labels(name) > labels) {
      name = name.substring(name.indexOf('.') + 1);
    }
    return name;
  }

  private static String next(String name) {
    int labels = labels(name);
    String rest = name;
    // Long names are shortened to seven labels, so that a walk has at most eight queries.
    do {
      int dot = rest.indexOf('.');
      rest = dot < 0 ? "" : rest.substring(dot + 1);
      labels--;
    } while (labels >= MAX_LABELS);
    return rest;
  }

  private static int labels(String name) {
    return name.isEmpty() ? 0 : (int) name.chars().filter(c -> c == '.').count() + 1;
  }

  private static int commonLabels(String one, String other) {
    String[] a = one.split("\\.");
    String[] b = other.split("\\.");
    int common = 0;
    while (common < a.length
        && common < b.length
        && a[a.length - 1 - common].equals(b[b.length - 1 - common])) {
      common++;
    }
    return common;
  }

  private Optional<TagList> record(String domain) throws TxtRecords.Unavailable {
    Optional<TagList> known = records.get(domain);
    if (known == null) {
      List<TagList> all =
          texts.of("_dmarc." + domain).stream()
              .filter(text -> text.strip().matches("(?s)v\\s*=\\s*DMARC1\\s*(;.*)?"))
              .flatMap(text -> TagList.parse(text).stream())
              .toList();
      known = all.size() == 1 ? Optional.of(all.get(0)) : Optional.empty();
      records.put(domain, known);
    }
    return known;
  }
}
