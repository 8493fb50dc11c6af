package org.byoemail.outbound.bounce;

import org.byoemail.format.report.MailClassifier;
import org.byoemail.outbound.composition.AttemptHeader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The classifier finds attempts by the header field that mail is sent with. */
@Configuration(proxyBeanMethods = false)
class BounceConfiguration {

  @Bean
  MailClassifier mailClassifier(AttemptHeader header) {
    return new MailClassifier(header.name());
  }
}
