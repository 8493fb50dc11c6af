package org.byoemail.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Reads the tree of parts of one mail (RFC 2046). Parts are stretches of the mail's own bytes, so
 * nothing is copied but what was encoded and has parts in it. An outer boundary is looked for
 * before the inner ones, so that a part without an end takes nothing from its neighbours.
 */
final class EntityReader {
  private static final String PLAIN = "text/plain";
  private static final String MAIL = "message/rfc822";

  private final ParseRun run;

  EntityReader(ParseRun run) {
    this.run = run;
  }

  MimePart mail(byte[] data, int from, int to, int depth) {
    return entity(HeaderReader.ofMail(run, data, from, to), PLAIN, data, to, depth);
  }

  private MimePart part(byte[] data, int from, int to, String defaultType, int depth) {
    return entity(HeaderReader.ofPart(run, data, from, to), defaultType, data, to, depth);
  }

  private MimePart entity(
      HeaderReader.Header header, String defaultType, byte[] data, int to, int depth) {
    HeaderReader.Header whole = withHiddenFields(header, data, to);
    MailHeaders headers = new MailHeaders(whole.fields());
    HeaderParameters type = type(headers, defaultType);
    TransferEncoding encoding = encoding(headers);
    int from = whole.bodyStart();
    boolean multipart = type.value().startsWith("multipart/");
    boolean mail = type.value().equals(MAIL) || type.value().equals("message/global");
    List<MimePart> children = List.of();
    if ((multipart || mail)
        && (encoding == TransferEncoding.IDENTITY || run.takeDecoded(to - from))) {
      byte[] body = data;
      int bodyFrom = from;
      int bodyTo = to;
      // RFC 2046 section 5.2.1 forbids it, and it is sent all the same.
      if (encoding != TransferEncoding.IDENTITY) {
        body = encoding.decode(data, from, to);
        bodyFrom = 0;
        bodyTo = body.length;
      }
      if (depth >= run.limits.depth()) {
        run.problems.add(Problems.TOO_DEEP);
      } else if (mail && run.takePart()) {
        children = List.of(mail(body, bodyFrom, bodyTo, depth + 1));
      } else if (multipart) {
        List<Boundaries.Stretch> stretches = stretches(type, body, bodyFrom, bodyTo);
        children = parts(stretches, type, body, depth);
        type = stretches.isEmpty() ? new HeaderParameters(PLAIN, type.parameters()) : type;
      }
    }
    return new MimePart(headers, type, encoding, children, data, from, to);
  }

  private List<MimePart> parts(
      List<Boundaries.Stretch> stretches, HeaderParameters type, byte[] data, int depth) {
    String childType = type.value().equals("multipart/digest") ? MAIL : PLAIN;
    List<MimePart> children = new ArrayList<>();
    for (Boundaries.Stretch stretch : stretches) {
      if (!run.takePart()) {
        break;
      }
      children.add(part(data, stretch.from(), stretch.to(), childType, depth + 1));
    }
    return children;
  }

  /** The parts of a multipart; none where no line of it looks like a boundary. */
  private List<Boundaries.Stretch> stretches(HeaderParameters type, byte[] data, int from, int to) {
    String boundary = type.get("boundary").stripTrailing();
    Boundaries boundaries = new Boundaries(run, data, from, to);
    List<Boundaries.Stretch> found =
        boundary.isEmpty() ? List.of() : boundaries.split("--" + boundary);
    if (!found.isEmpty()) {
      return found;
    }
    Optional<String> guess = boundaries.guess();
    run.problems.add(guess.isPresent() ? Problems.BOUNDARY_GUESSED : Problems.BOUNDARY_MISSING);
    return guess.map(boundaries::split).orElse(List.of());
  }

  private static HeaderParameters type(MailHeaders headers, String defaultType) {
    HeaderParameters type = HeaderParameters.parse(headers.first("Content-Type").orElse(null));
    if (type.value().matches("[^/]+/[^/]+")) {
      return type;
    }
    String value = type.value().equals("html") ? "text/html" : defaultType;
    return new HeaderParameters(value, type.parameters());
  }

  private TransferEncoding encoding(MailHeaders headers) {
    String name = headers.first("Content-Transfer-Encoding").orElse("");
    return TransferEncoding.find(name)
        .orElseGet(
            () -> {
              run.problems.add(Problems.ENCODING_UNKNOWN);
              return TransferEncoding.IDENTITY;
            });
  }

  /** Takes in MIME fields that an empty line has cut off from the header they belong to. */
  private HeaderReader.Header withHiddenFields(HeaderReader.Header header, byte[] data, int to) {
    if (has(header.fields(), "Content-Type")) {
      return header;
    }
    Lines lines = new Lines(data, header.bodyStart(), to);
    int start = header.bodyStart();
    while (lines.advance() && lines.isBlank()) {
      start = lines.next;
    }
    if (lines.fieldNameEnd() < 0 || !isMimeField(lines.fieldName())) {
      return header;
    }
    HeaderReader.Header hidden = HeaderReader.ofPart(run, data, start, to);
    if (!has(hidden.fields(), "Content-Type")) {
      return header;
    }
    run.problems.add(Problems.HEADER_SPLIT);
    List<HeaderField> all = new ArrayList<>(header.fields());
    hidden.fields().stream().filter(field -> isMimeField(field.name())).forEach(all::add);
    return new HeaderReader.Header(List.copyOf(all), hidden.bodyStart());
  }

  private static boolean has(List<HeaderField> fields, String name) {
    return fields.stream().anyMatch(field -> field.name().equalsIgnoreCase(name));
  }

  private static boolean isMimeField(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.startsWith("content-") || lower.equals("mime-version");
  }
}
