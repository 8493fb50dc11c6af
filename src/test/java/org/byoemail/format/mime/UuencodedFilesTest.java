package org.byoemail.format.mime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UuencodedFilesTest {
  private static final String FILE =
      """
      begin 644 cat.txt
      #0V%T
      `
      end
      """;

  private ParsedMail parse(String body) {
    return new MailParser().parse(("Subject: x\n\n" + body).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void fileInTheTextIsAnAttachment() {
    ParsedMail mail = parse("above\n" + FILE + "below\n");

    assertThat(mail.text()).isEqualTo("above\nbelow\n");
    assertThat(mail.attachments()).extracting(ParsedAttachment::name).containsExactly("cat.txt");
    assertThat(mail.attachments().get(0).part().bytes()).asString().isEqualTo("Cat");
  }

  @Test
  void fileWithoutItsEndIsTakenAsFarAsItGoes() {
    ParsedMail mail = parse("begin 644 cat.txt\n#0V%T\n\nSincerely, me and my dog\n");

    assertThat(mail.attachments().get(0).part().bytes()).asString().isEqualTo("Cat");
    assertThat(mail.text()).contains("Sincerely, me and my dog");
  }

  @Test
  void sentenceThatBeginsLikeAFileStaysText() {
    String text = "We will\nbegin 644 days from now.\nThat is long.\n";

    ParsedMail mail = parse(text);

    assertThat(mail.text()).isEqualTo(text);
    assertThat(mail.attachments()).isEmpty();
  }

  @Test
  void manyFilesAreLimited() {
    ParsedMail mail = parse(FILE.repeat(5_000));

    assertThat(mail.attachments()).hasSizeLessThanOrEqualTo(100);
  }
}
