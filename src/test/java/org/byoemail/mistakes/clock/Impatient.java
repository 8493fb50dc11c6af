package org.byoemail.mistakes.clock;

import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import java.time.Instant;
import java.util.Properties;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;

/** Reads the machine's clock, opens a session of its own, and lets fields be injected. */
public class Impatient {
  @Autowired Object collaborator;

  @Value("${some.setting:none}")
  String setting;

  Instant deadline() {
    return Instant.now().plusSeconds(60);
  }

  void send() throws MessagingException {
    Transport transport = Session.getInstance(new Properties()).getTransport("smtp");
    transport.connect();
  }
}
