package org.byoemail.format.screen;

import static org.byoemail.format.screen.TokenFormat.of;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.byoemail.format.screen.TokenFormat.Alphabet;
import org.jspecify.annotations.Nullable;

/**
 * Finds keys and tokens by their well-known formats, and private keys. What documentation writes in
 * the place of a key, and keys for tests only, are none. Time is linear in the text.
 */
final class Secrets {
  private static final int CHECKSUM = 6;
  private static final int MAX_JWK = 8_000;

  /** The prefix, the nonce and the tag of AES-GCM are 33 bytes: in base64. */
  private static final int MIN_SEALED = 44;

  private static final String BASE62 =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

  private static final List<TokenFormat> FORMATS = formats();

  private static final String[] PRIVATE_KEYS = {
    "PRIVATE KEY-----",
    "RSA PRIVATE KEY-----",
    "EC PRIVATE KEY-----",
    "DSA PRIVATE KEY-----",
    "ENCRYPTED PRIVATE KEY-----",
    "OPENSSH PRIVATE KEY-----",
    "PGP PRIVATE KEY BLOCK-----"
  };

  private static final String[] PASSWORD_PLACEHOLDERS = {
    "pass",
    "pwd",
    "anon",
    "secret",
    "changeme",
    "user",
    "xxx",
    "***",
    "...",
    "$",
    "{",
    "<",
    "%",
    "["
  };

  private Secrets() {}

  /** A secret in a text, from where to where. */
  record Found(String name, int start, int end) {}

  private static List<TokenFormat> formats() {
    List<TokenFormat> all = new ArrayList<>();
    // github.blog, 5 April 2021: the last six characters are the CRC-32 of the thirty before them.
    for (String prefix : new String[] {"ghp_", "gho_", "ghu_", "ghs_", "ghr_"}) {
      all.add(of("github-token", prefix, Alphabet.BASE62, 36).that(Secrets::hasChecksum));
    }
    all.add(
        of("github-token", "github_pat_", Alphabet.URL, 82).that(token -> token.charAt(22) == '_'));
    all.add(of("npm-token", "npm_", Alphabet.BASE62, 36).that(Secrets::hasChecksum));
    all.add(of("gitlab-token", "glpat-", Alphabet.DOTTED, 20, 60));
    all.add(of("gitlab-token", "gldt-", Alphabet.URL, 20, 30));
    all.add(of("gitlab-token", "glrt-", Alphabet.DOTTED, 20, 60));
    // Key ids: what is after the prefix is base 32.
    all.add(of("aws-access-key", "AKIA", Alphabet.BASE32, 16));
    all.add(of("aws-access-key", "ASIA", Alphabet.BASE32, 16));
    all.add(of("google-api-key", "AIza", Alphabet.URL, 35));
    all.add(of("google-client-secret", "GOCSPX-", Alphabet.URL, 28));
    all.add(of("google-access-token", "ya29.", Alphabet.URL, 60, 2_000));
    for (String prefix : new String[] {"xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-"}) {
      all.add(of("slack-token", prefix, Alphabet.URL, 20, 250).that(Secrets::hasDigitAndLetter));
    }
    all.add(of("slack-token", "xapp-", Alphabet.URL, 40, 250).that(Secrets::hasDigitAndLetter));
    all.add(of("slack-webhook", "hooks.slack.com/services/T", Alphabet.BASE64, 36, 70));
    // Keys of the test mode are no secrets.
    all.add(of("stripe-key", "sk_live_", Alphabet.BASE62, 20, 250));
    all.add(of("stripe-key", "rk_live_", Alphabet.BASE62, 20, 250));
    all.add(of("webhook-secret", "whsec_", Alphabet.BASE64, 24, 100));
    all.add(of("sendgrid-key", "SG.", Alphabet.DOTTED, 66).that(token -> token.charAt(22) == '.'));
    all.add(of("openai-key", "sk-proj-", Alphabet.URL, 40, 250));
    all.add(of("openai-key", "sk-", Alphabet.BASE62, 48).that(token -> token.contains("T3BlbkFJ")));
    all.add(of("anthropic-key", "sk-ant-", Alphabet.URL, 80, 150));
    all.add(of("huggingface-token", "hf_", Alphabet.BASE62, 34));
    all.add(of("pypi-token", "pypi-AgEIcHlwaS5vcmc", Alphabet.URL, 50, 500));
    all.add(of("docker-token", "dckr_pat_", Alphabet.URL, 27));
    all.add(of("digitalocean-token", "dop_v1_", Alphabet.HEX, 64));
    all.add(of("shopify-token", "shpat_", Alphabet.HEX, 32));
    all.add(of("shopify-token", "shpss_", Alphabet.HEX, 32));
    all.add(of("grafana-token", "glsa_", Alphabet.URL, 41));
    all.add(of("vault-token", "hvs.", Alphabet.URL, 90, 250));
    all.add(of("atlassian-token", "ATATT3xFfGF0", Alphabet.BASE64, 100, 250));
    all.add(of("postman-key", "PMAK-", Alphabet.URL, 59));
    all.add(of("azure-storage-key", "AccountKey=", Alphabet.BASE64, 86, 88));
    all.add(of("age-key", "AGE-SECRET-KEY-1", Alphabet.BASE62, 58).that(Secrets::isAgeKey));
    all.add(of("extended-private-key", "xprv", Alphabet.BASE62, 107).that(Secrets::isExtended));
    all.add(of("byo-api-key", "byo_", Alphabet.URL, 43));
    all.add(of("jwt", "eyJ", Alphabet.DOTTED, 40, 8_000).that(Secrets::isJwt));
    return List.copyOf(all);
  }

  /**
   * All secrets of a text, in no order: any limit could be used up by values that are exempt.
   *
   * @param seals how the gateway's own sealed secrets begin
   */
  static List<Found> in(String text, List<byte[]> seals) {
    List<Found> found = new ArrayList<>();
    for (TokenFormat format : FORMATS) {
      for (int at = text.indexOf(format.prefix());
          at >= 0;
          at = text.indexOf(format.prefix(), at + 1)) {
        int end = format.end(text, at);
        if (end > 0 && !isMeantForItsReader(format.name(), text, at)) {
          found.add(new Found(format.name(), at, end));
        }
      }
    }
    addPrivateKeys(text, found);
    addAwsSecrets(text, found);
    addPasswordsInUrls(text, found);
    seals.forEach(seal -> addSeals(text, seal, found));
    return found;
  }

  /**
   * A signed token in a link that the recipient is to follow, and the key of an embedded map, which
   * the provider publishes with each page.
   */
  private static boolean isMeantForItsReader(String name, String text, int at) {
    if (!name.equals("jwt") && !name.equals("google-api-key")) {
      return false;
    }
    int start = at;
    while (start > 0 && at - start < 2_000 && !isUrlEnd(text.charAt(start - 1))) {
      start--;
    }
    String url = text.substring(start, at).toLowerCase(Locale.ROOT);
    return name.equals("jwt")
        ? url.contains("https://") || url.contains("http://")
        : url.contains("maps.google") || url.contains(".google.com/maps");
  }

  private static boolean isUrlEnd(char c) {
    return c <= ' ' || c == '"' || c == '\'' || c == '<' || c == '>';
  }

  private static void addPrivateKeys(String text, List<Found> found) {
    String begin = "-----BEGIN ";
    for (int at = text.indexOf(begin); at >= 0; at = text.indexOf(begin, at + 1)) {
      for (String kind : PRIVATE_KEYS) {
        int body = at + begin.length() + kind.length();
        if (text.startsWith(kind, at + begin.length()) && hasBody(text, body)) {
          found.add(new Found("private-key", at, Math.min(text.length(), body + 64)));
        }
      }
    }
    String putty = "PuTTY-User-Key-File-";
    int at = text.indexOf(putty);
    if (at >= 0 && text.indexOf("Private-Lines:", at) > 0) {
      found.add(new Found("private-key", at, at + putty.length()));
    }
    addPrivateJwk(text, found);
  }

  /** Forty characters of base64 within the next lines, not an ellipsis. */
  private static boolean hasBody(String text, int start) {
    int run = 0;
    for (int i = start; i < Math.min(text.length(), start + 1_000); i++) {
      if (text.startsWith("-----", i)) {
        return false;
      }
      run = Alphabet.BASE64.has(text.charAt(i)) ? run + 1 : 0;
      if (run >= 40) {
        return TokenFormat.isRandom(text.substring(i - 39, i + 1));
      }
    }
    return false;
  }

  /** RFC 7517: a key that has its private part "d". */
  private static void addPrivateJwk(String text, List<Found> found) {
    int end = 0;
    for (int at = text.indexOf("\"kty\"");
        at >= 0;
        at = text.indexOf("\"kty\"", Math.max(at + 1, end))) {
      int open = at;
      while (open > Math.max(end, at - MAX_JWK) && text.charAt(open) != '{') {
        open--;
      }
      end = at;
      while (end < Math.min(text.length(), at + MAX_JWK) && text.charAt(end) != '}') {
        end++;
      }
      String key = text.substring(open, end).replaceAll("\\s", "");
      int d = key.indexOf("\"d\":\"");
      if (d >= 0 && key.indexOf('"', d + 5) - d - 5 >= 40) {
        found.add(new Found("private-key", open, end));
      }
    }
  }

  private static void addAwsSecrets(String text, List<Found> found) {
    String lower = null;
    for (String label : new String[] {"secret_access_key", "secretaccesskey"}) {
      lower = lower == null ? text.toLowerCase(Locale.ROOT) : lower;
      if (lower.length() != text.length()) {
        return; // Places would differ; no such text names a key.
      }
      for (int at = lower.indexOf(label); at >= 0; at = lower.indexOf(label, at + 1)) {
        int start = at + label.length();
        int limit = Math.min(text.length(), start + 12);
        while (start < limit && " \t\"':=>".indexOf(text.charAt(start)) >= 0) {
          start++;
        }
        int end = start;
        while (end < text.length() && end - start <= 40 && Alphabet.BASE64.has(text.charAt(end))) {
          end++;
        }
        if (end - start == 40 && TokenFormat.isRandom(text.substring(start, end))) {
          found.add(new Found("aws-secret-key", start, end));
        }
      }
    }
  }

  /** RFC 3986, 3.2.1: user:password@host. */
  private static void addPasswordsInUrls(String text, List<Found> found) {
    for (int at = text.indexOf("://"); at >= 0; at = text.indexOf("://", at + 1)) {
      int start = at + 3;
      int colon = -1;
      int end = start;
      int limit = Math.min(text.length(), start + 250);
      while (end < limit && !isUrlEnd(text.charAt(end)) && "/?#@".indexOf(text.charAt(end)) < 0) {
        colon = text.charAt(end) == ':' && colon < 0 ? end : colon;
        end++;
      }
      if (colon > start && end < limit && text.charAt(end) == '@') {
        String password = text.substring(colon + 1, end);
        if (isPassword(password)) {
          found.add(new Found("password-in-url", colon + 1, end));
        }
      }
    }
  }

  private static boolean isPassword(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    for (String placeholder : PASSWORD_PLACEHOLDERS) {
      if (lower.startsWith(placeholder)) {
        return false;
      }
    }
    return text.length() >= 6 && text.chars().distinct().count() >= 4 && TokenFormat.isRandom(text);
  }

  /** A sealed secret as base64, base64url or hex, as dumps of the database have it. */
  private static void addSeals(String text, byte[] seal, List<Found> found) {
    String base64 = Base64.getEncoder().withoutPadding().encodeToString(seal);
    // The last character also has bits of the next byte.
    String certain = base64.substring(0, seal.length * 8 / 6);
    StringBuilder hex = new StringBuilder();
    for (byte b : seal) {
      hex.append("%02x".formatted(b));
    }
    for (String start :
        new TreeSet<>(
            List.of(certain, certain.replace('+', '-').replace('/', '_'), hex.toString()))) {
      for (int at = text.indexOf(start); at >= 0; at = text.indexOf(start, at + 1)) {
        int end = at + start.length();
        while (end < text.length() && end - at < 400 && isEncoded(text.charAt(end))) {
          end++;
        }
        boolean begins = at == 0 || !isEncoded(text.charAt(at - 1)) || isAfterX(text, at);
        if (end - at >= MIN_SEALED && begins) {
          found.add(new Found("byo-sealed-secret", at, end));
        }
      }
    }
  }

  private static boolean isEncoded(char c) {
    return Alphabet.BASE64.has(c) || Alphabet.URL.has(c);
  }

  /** PostgreSQL writes {@code \x} before bytes in hex. */
  private static boolean isAfterX(String text, int at) {
    return text.charAt(at - 1) == 'x' || text.charAt(at - 1) == '=';
  }

  private static boolean hasDigitAndLetter(String token) {
    return token.chars().anyMatch(Character::isDigit)
        && token.chars().anyMatch(Character::isLetter);
  }

  static boolean hasChecksum(String token) {
    int end = token.length() - CHECKSUM;
    return checksum(token.substring(0, end)).equals(token.substring(end));
  }

  /** The CRC-32 in base 62, of six digits. */
  static String checksum(String token) {
    CRC32 crc = new CRC32();
    crc.update(token.getBytes(StandardCharsets.US_ASCII));
    long left = crc.getValue();
    char[] digits = new char[CHECKSUM];
    for (int i = CHECKSUM - 1; i >= 0; i--) {
      digits[i] = BASE62.charAt((int) (left % 62));
      left /= 62;
    }
    return new String(digits);
  }

  /**
   * RFC 7519: three parts, the first of which names an algorithm; not the one of every tutorial.
   */
  private static boolean isJwt(String behindPrefix) {
    String[] parts = ("eyJ" + behindPrefix).split("\\.", -1);
    if (parts.length != 3 && parts.length != 5 || parts[parts.length - 1].length() < 16) {
      return false;
    }
    String header = decoded(parts[0]);
    String claims = parts.length == 3 ? decoded(parts[1]) : "";
    return header != null
        && header.contains("\"alg\"")
        && claims != null
        && !claims.contains("\"1234567890\"");
  }

  private static @Nullable String decoded(String part) {
    try {
      return new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null; // Not base64url.
    }
  }

  /** BIP 173: the checksum of Bech32, whose letters may all be capitals. */
  static boolean isAgeKey(String data) {
    String whole = data.toLowerCase(Locale.ROOT);
    String human = "age-secret-key-";
    int[] checksum = {1};
    human.chars().forEach(c -> checksum[0] = polymod(checksum[0], c >> 5));
    checksum[0] = polymod(checksum[0], 0);
    human.chars().forEach(c -> checksum[0] = polymod(checksum[0], c & 31));
    for (int i = 0; i < whole.length(); i++) {
      int value = BECH32.indexOf(whole.charAt(i));
      if (value < 0) {
        return false;
      }
      checksum[0] = polymod(checksum[0], value);
    }
    return checksum[0] == 1;
  }

  private static int polymod(int checksum, int value) {
    int[] generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
    int top = checksum >>> 25;
    int next = (checksum & 0x1ffffff) << 5 ^ value;
    for (int i = 0; i < generator.length; i++) {
      next ^= (top >>> i & 1) == 0 ? 0 : generator[i];
    }
    return next;
  }

  /** BIP 32: Base58Check, 78 bytes and four of a double SHA-256. */
  static boolean isExtended(String behindPrefix) {
    String digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    BigInteger number = BigInteger.ZERO;
    BigInteger base = BigInteger.valueOf(58);
    for (char c : ("xprv" + behindPrefix).toCharArray()) {
      int digit = digits.indexOf(c);
      if (digit < 0) {
        return false;
      }
      number = number.multiply(base).add(BigInteger.valueOf(digit));
    }
    byte[] bytes = number.toByteArray();
    if (bytes.length != 82) {
      return false;
    }
    byte[] hash = sha256(sha256(Arrays.copyOf(bytes, 78)));
    return Arrays.equals(hash, 0, 4, bytes, 78, 82);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
