package org.byoemail.format.authentication;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.byoemail.format.authentication.SignatureResult.State;
import org.byoemail.format.mime.MailHeaders;
import org.byoemail.format.mime.ParsedMail;

/**
 * Verifies the DKIM signatures of a mail (RFC 6376 section 6, RFC 8463, RFC 8301) over the bytes
 * that were fetched. At most 10 signatures are looked at; the body is read once and not kept.
 * Whether a signature has expired is judged by when the mail arrived. Stateless.
 */
final class DkimVerifier {
  private static final int MAX_SIGNATURES = 10;
  private static final int CHUNK = 16 << 10;

  private DkimVerifier() {}

  /**
   * Verifies the signatures, preferred domains first; once one of these passes and covers what is
   * read, the others are skipped.
   *
   * @param raw the mail; it stays open
   * @param received when it arrived, INTERNALDATE
   */
  static List<SignatureResult> verify(
      InputStream raw,
      ParsedMail mail,
      Instant received,
      TxtRecords keys,
      Predicate<String> preferred)
      throws IOException {
    BufferedInputStream in = new BufferedInputStream(raw, CHUNK);
    RawHeader header = RawHeader.read(in);
    List<DkimSignature> signatures =
        header.fields().stream()
            .filter(field -> field.name().equals("dkim-signature"))
            .limit(MAX_SIGNATURES)
            .flatMap(field -> DkimSignature.parse(field).stream())
            .toList();
    if (signatures.isEmpty() || header.isMalformed()) {
      return signatures.stream()
          .map(one -> result(one, State.FAIL, List.of(), "the header is malformed"))
          .toList();
    }
    boolean reads = keys != TxtRecords.NOT_ASKED;
    MailHeaders headers = mail.headers();
    BodyShape shape = new BodyShape();
    Map<Boolean, String> bodies = reads ? bodies(in, signatures, shape) : Map.of();
    SignedFields read =
        new SignedFields(
            headers, header, bodies.isEmpty() || shape.fits(headers) && mail.hasPlausibleType());
    Map<DkimSignature, SignatureResult> results = new LinkedHashMap<>();
    List<DkimSignature> order = new ArrayList<>(signatures);
    order.sort((a, b) -> Boolean.compare(preferred.test(b.domain()), preferred.test(a.domain())));
    boolean decided = false;
    for (DkimSignature one : order) {
      List<String> uncovered = read.dangerous(one.signedFields());
      SignatureResult result =
          decided
              ? result(one, State.SKIPPED, uncovered, "another signature decides")
              : verify(one, header, bodies, uncovered, received, keys);
      results.put(one, result);
      decided |= result.passes() && uncovered.isEmpty() && preferred.test(one.domain());
    }
    return signatures.stream().map(results::get).toList();
  }

  /** Whether one signature passes and covers what is read. */
  static boolean verifyOne(
      DkimSignature signature,
      RawHeader header,
      InputStream body,
      ParsedMail mail,
      Instant received,
      TxtRecords keys)
      throws IOException {
    BodyShape shape = new BodyShape();
    Map<Boolean, String> bodies = bodies(body, List.of(signature), shape);
    boolean fits = shape.fits(mail.headers()) && mail.hasPlausibleType();
    List<String> uncovered =
        new SignedFields(mail.headers(), header, fits).dangerous(signature.signedFields());
    return uncovered.isEmpty()
        && verify(signature, header, bodies, uncovered, received, keys).passes();
  }

  private static SignatureResult verify(
      DkimSignature signature,
      RawHeader header,
      Map<Boolean, String> bodies,
      List<String> uncovered,
      Instant received,
      TxtRecords keys) {
    if (signature.expires() != null && signature.expires().isBefore(received)) {
      return result(signature, State.EXPIRED, uncovered, "it had expired when the mail arrived");
    }
    if (signature.limited()) {
      return result(
          signature, State.DISTRUSTED, uncovered, "it covers the beginning of the body only");
    }
    if (keys == TxtRecords.NOT_ASKED) {
      return result(signature, State.DNS, uncovered, "DNS was not asked for its key");
    }
    if (!signature.bodyHash().equals(bodies.get(signature.relaxedBody()))) {
      return result(signature, State.FAIL, uncovered, "the body was changed");
    }
    byte[] made;
    try {
      made = Base64.getDecoder().decode(signature.signature());
    } catch (IllegalArgumentException e) {
      return result(signature, State.FAIL, uncovered, "its signature is no Base64");
    }
    List<String> records;
    try {
      records = keys.of(signature.keyName());
    } catch (TxtRecords.Unavailable e) {
      return result(signature, State.DNS, uncovered, "DNS did not answer for its key");
    }
    DkimKey key =
        records.stream()
            .flatMap(one -> DkimKey.parse(one, signature.algorithm()).stream())
            .findFirst()
            .orElse(null);
    if (key == null || key.sameDomain() && !signature.user().equals(signature.domain())) {
      return result(signature, State.NO_KEY, uncovered, "its domain publishes no such key");
    }
    if (!key.verifies(signed(signature, header), made)) {
      return result(signature, State.FAIL, uncovered, "signed header fields were changed");
    }
    return key.doubt() == null
        ? result(signature, State.PASS, uncovered, "")
        : result(signature, State.DISTRUSTED, uncovered, key.doubt());
  }

  /** The fields that it covers, each from the bottom up, and itself without its signature. */
  private static byte[] signed(DkimSignature signature, RawHeader header) {
    Map<String, Integer> below = new HashMap<>();
    StringBuilder text = new StringBuilder();
    for (String name : signature.signedFields()) {
      int index = below.getOrDefault(name, header.fields().size()) - 1;
      while (index >= 0 && !header.fields().get(index).name().equals(name)) {
        index--;
      }
      below.put(name, Math.max(0, index));
      if (index >= 0) {
        RawHeader.Field field = header.fields().get(index);
        text.append(field.canonical(signature.relaxedHeader())).append("\r\n");
      }
    }
    text.append(signature.unsignedField());
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static Map<Boolean, String> bodies(
      InputStream in, List<DkimSignature> signatures, BodyShape shape) throws IOException {
    Map<Boolean, BodyHash> hashes = new HashMap<>();
    signatures.stream()
        .filter(one -> !one.limited())
        .forEach(one -> hashes.computeIfAbsent(one.relaxedBody(), BodyHash::new));
    byte[] chunk = new byte[CHUNK];
    for (int read = in.read(chunk); read >= 0 && !hashes.isEmpty(); read = in.read(chunk)) {
      shape.update(chunk, read);
      for (BodyHash hash : hashes.values()) {
        hash.update(chunk, read);
      }
    }
    Map<Boolean, String> bodies = new HashMap<>();
    hashes.forEach(
        (relaxed, hash) -> bodies.put(relaxed, Base64.getEncoder().encodeToString(hash.end())));
    return bodies;
  }

  private static SignatureResult result(
      DkimSignature signature, State state, List<String> uncovered, String reason) {
    return new SignatureResult(signature.domain(), signature.selector(), state, uncovered, reason);
  }
}
