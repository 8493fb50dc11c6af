package org.byoemail.inbound.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.byoemail.format.mime.MailParser;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which fields the DKIM signature of a test mail covers. */
class TestMailArrivalsTest {
  @ParameterizedTest
  @CsvSource({
    "'v=1; d=x.test; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=a', true",
    "'v=1; d=x.test; h = from : list-unsubscribe :\r\n\tLIST-UNSUBSCRIBE-POST; b=a', true",
    "'v=1; d=x.test; h=From:List-Unsubscribe; b=a', false",
    "'v=1; d=x.test; h=From:List-Unsubscribe-Post; b=a', false",
    "'v=1; d=x.test; h=From; b=List-Unsubscribe:List-Unsubscribe-Post', false",
    "'h', false"
  })
  void signatureCoversBothFieldsOrNone(String signature, boolean covered) {
    String mail = "From: a@x.test\r\nDKIM-Signature: " + signature + "\r\n\r\n";

    assertThat(
            TestMailArrivals.coversUnsubscribe(
                new MailParser().parseHeader(mail.getBytes(StandardCharsets.US_ASCII))))
        .isEqualTo(covered);
  }

  @ParameterizedTest
  @CsvSource({"List-Unsubscribe, List-Unsubscribe-Post"})
  void fieldsThatTwoSignaturesCoverTogetherAreNotCovered(String one, String other) {
    String mail =
        "From: a@x.test\r\nDKIM-Signature: h=From:"
            + one
            + "\r\nDKIM-Signature: h=From:"
            + other
            + "\r\n\r\n";

    assertThat(
            TestMailArrivals.coversUnsubscribe(
                new MailParser().parseHeader(mail.getBytes(StandardCharsets.US_ASCII))))
        .isFalse();
  }
}
