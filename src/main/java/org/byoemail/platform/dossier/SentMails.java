package org.byoemail.platform.dossier;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.byoemail.platform.dossier.MessageDossier.Entry;
import org.byoemail.platform.dossier.MessageDossier.SentMail;
import org.jspecify.annotations.Nullable;

/** Finds, from the entries of a dossier, what was sent in each attempt and where it is kept. */
final class SentMails {
  private SentMails() {}

  static List<SentMail> of(List<Entry> entries) {
    List<SentMail> sent = new ArrayList<>();
    JsonNode approved = null;
    for (Entry entry : entries) {
      JsonNode content = entry.content();
      if (content == null) {
        continue;
      }
      if (entry.kind().equals(DossierKind.REVIEW.word())
          && content.path("state").asText().equals("used")) {
        approved = content;
      } else if (entry.kind().equals(DossierKind.ATTEMPT.word())) {
        sent.add(sent(entry.number(), content, approved));
      }
    }
    return sent;
  }

  private static SentMail sent(long number, JsonNode attempt, @Nullable JsonNode approved) {
    String sha256 = attempt.path("sentSha256").asText(null);
    if (sha256 == null) {
      return new SentMail(number, null, null, null, without(attempt.path("transport").asText()));
    }
    Long bytes = attempt.path("sentBytes").asLong();
    if (approved == null) {
      return new SentMail(
          number,
          sha256,
          bytes,
          null,
          "not kept: the digest shows whether a copy, such as the recipient's, is what was sent");
    }
    return new SentMail(
        number,
        sha256,
        bytes,
        "/api/v1/reviews/%s/versions/%s/raw"
            .formatted(approved.path("review").asText(), approved.path("version").asText()),
        "kept as approved; Date and attempt id were set by the attempt that sent them");
  }

  private static String without(String transport) {
    return switch (transport) {
      case "postmark" -> "not kept: Postmark got the mail through its API, and composed the bytes";
      case "simulated" -> "none: the mail was simulated, and nothing was sent";
      default -> "none known: no server got the whole mail, or it is not known whether one did";
    };
  }
}
