package org.byoemail.bounce;

import java.util.List;
import java.util.Optional;
import org.byoemail.bounce.notice.Notice;
import org.byoemail.bounce.notice.NoticeReader;
import org.byoemail.bounce.notice.Reading;
import org.byoemail.mime.ParsedMail;

/** Reads reports that are written for people alone. */
final class Notices implements Rule {
  private final OriginalMails originals;

  Notices(OriginalMails originals) {
    this.originals = originals;
  }

  @Override
  public Optional<Classification> read(ParsedMail mail) {
    return NoticeReader.read(Notice.of(mail))
        .filter(reading -> !reading.recipients().isEmpty() || !wraps(mail))
        .map(reading -> classification(reading, mail));
  }

  /** Whether another report is inside, which says more. */
  private static boolean wraps(ParsedMail mail) {
    return Parts.mails(mail.root()).anyMatch(inner -> inner.headers().mayBeReport());
  }

  private Classification classification(Reading reading, ParsedMail mail) {
    OriginalMail original = originals.find(mail, reading.returnedHeader());
    ReportAction action = reading.delayed() ? ReportAction.DELAYED : ReportAction.FAILED;
    List<ReportedRecipient> recipients =
        reading.recipients().stream()
            .map(each -> Saying.recipient(each.writtenTo(), each.address(), action, each.said()))
            .toList();
    if (recipients.isEmpty()) {
      recipients =
          original.to().stream()
              .map(address -> Saying.recipient(Optional.empty(), address, action, ""))
              .toList();
    }
    return new Classification(
        reading.delayed() ? MailKind.DELAYED : MailKind.FAILED,
        Strength.FREE_TEXT,
        reading.family(),
        recipients,
        Optional.empty(),
        Optional.empty(),
        original,
        Optional.empty());
  }
}
