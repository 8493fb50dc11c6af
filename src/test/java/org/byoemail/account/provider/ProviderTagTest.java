package org.byoemail.account.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProviderTagTest {
  private final ProviderTag tag = new ProviderTag(new Providers());

  @ParameterizedTest
  @CsvSource({
    "email.smtp.send, smtp.gmail.com, gmail",
    "email.imap.poll, IMAP.GMAIL.COM, gmail",
    "email.smtp.send, mail.example.org, other",
    "email.imap.poll, 127.0.0.1, other"
  })
  void knownProviderIsNamed(String name, String host, String provider) {
    assertThat(filtered(name, host).getLowCardinalityKeyValue("provider").getValue())
        .isEqualTo(provider);
  }

  @ParameterizedTest
  @CsvSource("email.postmark.send, smtp.gmail.com")
  void otherObservationsStayAsTheyAre(String name, String host) {
    assertThat(filtered(name, host).getLowCardinalityKeyValue("provider")).isNull();
  }

  private Observation.Context filtered(String name, String host) {
    Observation.Context context = new Observation.Context();
    context.setName(name);
    context.addHighCardinalityKeyValue(KeyValue.of("server.address", host));
    return tag.map(context);
  }
}
