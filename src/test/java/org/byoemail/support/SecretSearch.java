package org.byoemail.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Finds secrets in texts: as they are, percent-encoded, in hexadecimal digits, and in Base64 at
 * whatever place of the encoded bytes, as in the answer to a SASL challenge. Used by one thread.
 */
public final class SecretSearch {
  /** Shorter ones are found by chance. */
  private static final int MIN_LENGTH = 8;

  private final Map<String, Set<String>> secrets = new LinkedHashMap<>();

  /**
   * A secret to find.
   *
   * @param name what failures call it
   */
  public void add(String name, String secret) {
    if (secret.length() < MIN_LENGTH) {
      throw new IllegalArgumentException(name + " is too short to be found for sure");
    }
    secrets.put(name, forms(secret));
  }

  /** How many are sought. */
  public int size() {
    return secrets.size();
  }

  /** The names of the secrets that a text holds. */
  public List<String> in(String text) {
    List<String> found = new ArrayList<>();
    secrets.forEach(
        (name, forms) -> {
          if (forms.stream().anyMatch(text::contains)) {
            found.add(name);
          }
        });
    return found;
  }

  private static Set<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    String hex = HexFormat.of().formatHex(bytes);
    Set<String> forms = new LinkedHashSet<>();
    forms.add(secret);
    forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    forms.add(hex);
    forms.add(hex.toUpperCase(Locale.ROOT));
    for (int before = 0; before < 3; before++) {
      String inner = base64(bytes, before);
      forms.add(inner);
      forms.add(inner.replace('+', '-').replace('/', '_'));
    }
    return forms;
  }

  /** The characters that stand for these bytes alone, after so many others of a group of three. */
  private static String base64(byte[] bytes, int before) {
    byte[] all = new byte[before + bytes.length];
    System.arraycopy(bytes, 0, all, before, bytes.length);
    String text = Base64.getEncoder().withoutPadding().encodeToString(all);
    int begin = before == 0 ? 0 : before + 1;
    int end = all.length % 3 == 0 ? text.length() : text.length() - 1;
    return text.substring(begin, end);
  }
}
