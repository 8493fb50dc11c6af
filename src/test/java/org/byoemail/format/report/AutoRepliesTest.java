package org.byoemail.format.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.byoemail.format.mime.MailParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AutoRepliesTest {
  private static MailKind kind(String header) {
    byte[] mail =
        ("From: ada@example.org\n" + header + "\n\ntext\n").getBytes(StandardCharsets.UTF_8);
    return new MailClassifier().classify(new MailParser().parse(mail)).kind();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: Out of office message does not work, please help",
        "Subject: Out of office next week",
        "Subject: Automatic reply needs a new text",
        "Subject: Vacation message for the team",
        "Subject: Is Ada is out of the office today?",
        "Subject: Re: Automatic reply: Offer\nIn-Reply-To: <1@example.org>",
        "Subject: Re: Nora is out of the office\nIn-Reply-To: <1@example.org>",
        "Subject: Abwesenheitsnotiz einrichten\nIn-Reply-To: <1@example.org>",
        "Subject: Auto: new tyres",
        "Subject: Vacation: which hotel do you offer?",
        "Subject: On vacation: who takes over?",
        "Subject: Abwesend: 3. bis 7. März",
        "Subject: I am out of paper: please send some",
        "Subject: Frånvaro: ny rutin",
      })
  void whatAPersonWritesIsALetter(String header) {
    assertThat(kind(header)).isEqualTo(MailKind.NONE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Subject: Out of Office: Offer",
        "Subject: Out of Office AutoReply: Offer",
        "Subject: Automatic reply: Offer",
        "Subject: Réponse automatique : Offre",
        "Subject: [EXT] Abwesenheitsnotiz: Angebot",
        "Subject: AUTO: Nora is out of the office (returning 30/11)",
        "Subject: Out of office\nIn-Reply-To: <1@example.org>",
        "Subject: Nora is out of the office.\nReferences: <1@example.org>",
        "Subject: away from my mail\nPrecedence: bulk",
        "Subject: Vacation: Offer\nIn-Reply-To: <1@example.org>",
        "Subject: Abwesend: Angebot\nReturn-Path: <>",
        "Subject: Out of office message does not work\nAuto-Submitted: auto-replied",
      })
  void whatAProgramWritesIsAnAutomaticAnswer(String header) {
    assertThat(kind(header)).isEqualTo(MailKind.AUTO_REPLY);
  }
}
