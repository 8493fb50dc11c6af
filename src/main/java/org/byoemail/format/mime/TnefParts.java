package org.byoemail.format.mime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.byoemail.format.mail.ByteSlice;
import org.byoemail.format.mail.HeaderField;
import org.byoemail.format.tnef.RtfBody;
import org.byoemail.format.tnef.Tnef;
import org.byoemail.format.tnef.TnefFile;

/**
 * Opens a part that holds TNEF: what is in it becomes its children, as if they had been sent as
 * parts of their own, first the body, then the files. A message within it has children again.
 */
final class TnefParts {
  private final ParseRun run;

  TnefParts(ParseRun run) {
    this.run = run;
  }

  static boolean isTnef(HeaderParameters type, HeaderParameters disposition) {
    return switch (type.value()) {
      case "application/ms-tnef", "application/vnd.ms-tnef" -> true;
      case "application/octet-stream" ->
          isUsualName(type.get("name")) || isUsualName(disposition.get("filename"));
      default -> false;
    };
  }

  private static boolean isUsualName(String name) {
    return name.toLowerCase(Locale.ROOT).equals("winmail.dat");
  }

  /** The parts in it; none where it is broken from the start. */
  List<MimePart> open(ByteSlice source, int depth) {
    List<MimePart> parts = new ArrayList<>();
    Tnef tnef = Tnef.read(source).orElse(null);
    if (tnef == null || !tnef.isWhole()) {
      run.problems.add(ParseProblems.TNEF_BROKEN);
    }
    if (tnef != null) {
      addBody(tnef, parts);
      for (TnefFile file : tnef.files()) {
        if (!run.takePart()) {
          break;
        }
        parts.add(part(file, depth));
      }
    }
    return parts;
  }

  private void addBody(Tnef tnef, List<MimePart> parts) {
    tnef.text().ifPresent(text -> addText("text/plain", text, parts));
    if (tnef.html().isPresent()) {
      add(MimePart.made("text/html", Map.of(), List.of(), List.of(), tnef.html().get()), parts);
      return;
    }
    // What was written in RTF says the same as the plain text, with its looks.
    rtf(tnef)
        .ifPresent(
            rtf -> {
              rtf.html().ifPresent(html -> addText("text/html", html, parts));
              if (parts.isEmpty()) {
                rtf.text().ifPresent(text -> addText("text/plain", text, parts));
              }
            });
  }

  private Optional<RtfBody> rtf(Tnef tnef) {
    Optional<RtfBody> rtf = tnef.rtf(run.unpackable());
    rtf.ifPresent(body -> run.takeUnpacked(body.size()));
    return rtf;
  }

  private void addText(String type, String text, List<MimePart> parts) {
    ByteSlice utf8 = ByteSlice.of(text.getBytes(StandardCharsets.UTF_8));
    add(MimePart.made(type, Map.of("charset", "utf-8"), List.of(), List.of(), utf8), parts);
  }

  private void add(MimePart part, List<MimePart> parts) {
    if (run.takePart()) {
      parts.add(part);
    }
  }

  private MimePart part(TnefFile file, int depth) {
    List<HeaderField> fields = new ArrayList<>();
    String kind = file.contentId().isPresent() ? "inline" : "attachment";
    fields.add(MimePart.disposition(kind, file.name()));
    file.contentId().ifPresent(id -> fields.add(new HeaderField("Content-ID", "<" + id + ">")));
    if (!file.isMail()) {
      String type = HeaderParameters.parse(file.type()).value();
      String known = type.matches("[^/]+/[^/]+") ? type : "application/octet-stream";
      return MimePart.made(known, Map.of(), fields, List.of(), file.data());
    }
    boolean tooDeep = depth >= run.limits.depth();
    if (tooDeep) {
      run.problems.add(ParseProblems.TOO_DEEP);
    }
    List<MimePart> children = tooDeep ? List.of() : open(file.data(), depth + 1);
    return MimePart.made("application/ms-tnef", Map.of(), fields, children, file.data());
  }
}
