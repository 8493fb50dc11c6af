package org.byoemail.format.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.byoemail.format.mime.MailParser;
import org.junit.jupiter.api.Test;

/** JSON can hold what no header field can. */
class SesNotificationsTest {

  private static Classification read(String json) {
    String mail = "From: SES <no-reply@sns.example>\n\n" + json;
    return new MailClassifier()
        .classify(new MailParser().parse(mail.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void textsAreBoundedAndHaveNoNul() {
    String endless = "a\\u0000" + "b".repeat(50_000);

    Classification seen =
        read(
            """
            {"notificationType":"Bounce","bounce":{"reportingMTA":"%1$s","bouncedRecipients":[
            {"emailAddress":"nora@example.net","diagnosticCode":"%1$s"}]},
            "mail":{"commonHeaders":{"subject":"%1$s"}}}
            """
                .formatted(endless));

    assertThat(seen.recipients().get(0).diagnostic()).startsWith("ab").hasSize(2_000);
    assertThat(seen.reportingMta().orElseThrow()).startsWith("ab").hasSize(2_000);
    assertThat(seen.original().subject()).startsWith("ab").hasSize(2_000);
  }
}
