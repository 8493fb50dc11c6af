package org.byoemail.embedded;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The demo mail provider, on loopback only.
 *
 * @param enabled whether it runs; by default only if no external server is set
 * @param smtpPort its port for sending; 0 takes a free one at the first start and keeps it
 * @param imapPort its port for reading; 0 likewise
 */
@ConfigurationProperties("byo.demo")
record DemoSettings(
    @Nullable Boolean enabled, @DefaultValue("0") int smtpPort, @DefaultValue("0") int imapPort) {
  static final String SMTP_PORT = "byo.demo.smtp-port";
  static final String IMAP_PORT = "byo.demo.imap-port";

  DemoSettings {
    Ports.requireValid(smtpPort, SMTP_PORT);
    Ports.requireValid(imapPort, IMAP_PORT);
  }
}
