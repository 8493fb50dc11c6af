package org.byoemail.format.html;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.byoemail.format.mail.HtmlText;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.screen.Finding;
import org.byoemail.format.screen.Finding.Severity;
import org.byoemail.format.screen.MailScreen;
import org.junit.jupiter.api.Test;

/** Mail of honest people has no findings: at most one mail in 200. */
class HonestMailTest {
  private static final long SEED = Long.getLong("byo.painted.seed", 20_261_130L);
  private static final int MAILS = 400;

  private static List<Finding> findings(byte[] mail) {
    return MailScreen.findings(new MailParser().parse(mail), false).stream()
        .filter(finding -> finding.severity() != Severity.INFO)
        .toList();
  }

  private static byte[] mail(String html, boolean withPlainPart) {
    String head =
        "From: News <news@shop.example>\nSubject: News\nMIME-Version: 1.0\nContent-Type: ";
    String page = "text/html; charset=utf-8\n\n" + html;
    String plain = "text/plain; charset=utf-8\n\n" + HtmlText.of(html);
    String both =
        "multipart/alternative; boundary=b0\n\n--b0\nContent-Type: "
            + plain
            + "\n--b0\nContent-Type: "
            + page
            + "\n--b0--\n";
    return (head + (withPlainPart ? both : page)).getBytes(StandardCharsets.UTF_8);
  }

  private static void assertHonest(Supplier<String> mails) {
    List<String> found = new ArrayList<>();
    for (int i = 0; i < MAILS; i++) {
      String html = mails.get();
      List<Finding> findings = findings(mail(html, i % 2 == 0));
      if (!findings.isEmpty()) {
        found.add(findings + "\n" + html);
      }
    }
    assertThat(found.size()).as(() -> String.join("\n\n", found)).isLessThanOrEqualTo(MAILS / 200);
  }

  @Test
  void newslettersHaveNoFindings() {
    assertHonest(new NewsletterMails(SEED)::honest);
  }

  @Test
  void mailsWithStyleSheetsHaveNoFindings() {
    assertHonest(new SheetMails(SEED)::honest);
  }
}
