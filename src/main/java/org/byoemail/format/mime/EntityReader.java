package org.byoemail.format.mime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.TransferEncoding;

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

  MimePart mail(ByteSlice source, int depth) {
    return entity(HeaderReader.ofMail(run, source), PLAIN, source, depth);
  }

  private MimePart part(ByteSlice source, String defaultType, int depth) {
    return entity(HeaderReader.ofPart(run, source), defaultType, source, depth);
  }

  private MimePart entity(
      HeaderReader.Header cut, String defaultType, ByteSlice source, int depth) {
    HeaderReader.Header header =
        HeaderCharset.applied(HiddenFields.join(run, cut, source), run.charset());
    MailHeaders headers = header.headers();
    HeaderParameters type = type(headers, defaultType);
    run.noteCharset(type.get("charset"));
    ByteSlice body = source.startingAt(header.bodyStart());
    TransferEncoding encoding = encoding(headers, type, body);
    if (type.value().startsWith("application/")
        && TnefParts.isTnef(type, MimePart.disposition(headers))) {
      return tnef(headers, type, encoding, body, depth);
    }
    boolean multipart = type.value().startsWith("multipart/");
    if (!multipart && !type.value().equals(MAIL) && !type.value().equals("message/global")) {
      run.problems.add(encoding.isBroken(body), ParseProblems.ENCODING_BROKEN);
      return new MimePart(headers, type, encoding, List.of(), body);
    }
    if (depth >= run.limits.depth() || !run.takeSearch(body.length())) {
      run.problems.add(ParseProblems.TOO_DEEP);
      return new MimePart(headers, type, encoding, List.of(), body);
    }
    return multipart
        ? multipart(header, headers, type, encoding, body, depth)
        : embedded(headers, type, encoding, body, depth);
  }

  private MimePart multipart(
      HeaderReader.Header header,
      MailHeaders headers,
      HeaderParameters type,
      TransferEncoding encoding,
      ByteSlice body,
      int depth) {
    Boundaries boundaries = new Boundaries(run.limits.parts());
    String boundary = type.get("boundary").stripTrailing();
    Boundaries.Split split = boundaries.split(boundary, body);
    TransferEncoding found = TransferEncoding.IDENTITY;
    if (split.parts().isEmpty() && encoding != TransferEncoding.IDENTITY) {
      // RFC 2045 section 6.4 forbids to encode a multipart, and it is done all the same.
      split = boundaries.split(boundary, decoded(encoding, body));
      found = encoding;
    }
    if (split.parts().isEmpty()) {
      Optional<String> guess = boundaries.guess(body);
      run.problems.add(
          guess.isPresent() ? ParseProblems.BOUNDARY_GUESSED : ParseProblems.BOUNDARY_MISSING);
      split = boundaries.split(guess.orElse(""), body);
      found = TransferEncoding.IDENTITY;
    }
    if (split.parts().isEmpty()) {
      HeaderParameters plain = new HeaderParameters(PLAIN, type.parameters());
      return new MimePart(headers, plain, encoding, List.of(), body);
    }
    if (!split.closed()) {
      run.problems.add(ParseProblems.PART_UNCLOSED);
    }
    String childType = type.value().equals("multipart/digest") ? MAIL : PLAIN;
    List<MimePart> children = new ArrayList<>();
    for (ByteSlice part : split.parts()) {
      if (!run.takePart()) {
        break;
      }
      children.add(part(part, childType, depth + 1));
    }
    // Only its parts may say what raw text in its own header is in.
    MailHeaders read =
        header.isGuessed() ? HeaderCharset.applied(header, run.charset()).headers() : headers;
    return new MimePart(read, type, found, children, body);
  }

  private MimePart embedded(
      MailHeaders headers,
      HeaderParameters type,
      TransferEncoding encoding,
      ByteSlice body,
      int depth) {
    LineScanner first = LineScanner.of(body);
    // A mail that is said to be encoded and starts with a header field is none.
    boolean clear = first.advance() && first.fieldNameEnd() >= 0;
    TransferEncoding found =
        clear && encoding == TransferEncoding.BASE64 ? TransferEncoding.IDENTITY : encoding;
    ByteSlice mail = found == TransferEncoding.IDENTITY ? body : decoded(found, body);
    List<MimePart> children = run.takePart() ? List.of(mail(mail, depth + 1)) : List.of();
    return new MimePart(headers, type, found, children, body);
  }

  private MimePart tnef(
      MailHeaders headers,
      HeaderParameters type,
      TransferEncoding encoding,
      ByteSlice body,
      int depth) {
    ByteSlice clear = encoding == TransferEncoding.IDENTITY ? body : decoded(encoding, body);
    List<MimePart> children = new TnefParts(run).open(clear, depth);
    return new MimePart(headers, type, encoding, children, body);
  }

  private ByteSlice decoded(TransferEncoding encoding, ByteSlice body) {
    return run.takeDecoded(body.length())
        ? ByteSlice.of(encoding.decode(body.data(), body.from(), body.to()))
        : ByteSlice.of(new byte[0]);
  }

  private static HeaderParameters type(MailHeaders headers, String defaultType) {
    HeaderParameters type = HeaderParameters.parse(headers.first("Content-Type").orElse(null));
    String value = type.value();
    int slash = value.indexOf('/');
    if (slash > 0 && slash < value.length() - 1 && value.indexOf('/', slash + 1) < 0) {
      return type;
    }
    return new HeaderParameters(
        meant(headers, type, defaultType), type.parameters(), type.charsetGuessed());
  }

  /** What a type that cannot be read stands for. */
  private static String meant(MailHeaders headers, HeaderParameters type, String defaultType) {
    return switch (type.value()) {
      case "html" -> "text/html";
      case "", "text", "plain" -> defaultType;
      case "multipart" -> type.get("boundary").isEmpty() ? defaultType : "multipart/mixed";
      default ->
          MimePart.fileName(type, MimePart.disposition(headers)).isPresent()
              ? "application/octet-stream"
              : defaultType;
    };
  }

  private TransferEncoding encoding(MailHeaders headers, HeaderParameters type, ByteSlice body) {
    String name = headers.first("Content-Transfer-Encoding").orElse("");
    Optional<TransferEncoding> known = TransferEncoding.find(name);
    boolean inNameOnly =
        known.filter(encoding -> encoding.isInNameOnly(body)).isPresent()
            && type.value().startsWith("text/");
    if (known.isEmpty() || inNameOnly) {
      run.problems.add(ParseProblems.ENCODING_UNKNOWN);
      return TransferEncoding.IDENTITY;
    }
    return known.get();
  }
}
