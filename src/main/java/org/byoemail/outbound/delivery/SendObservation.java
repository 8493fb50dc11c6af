package org.byoemail.outbound.delivery;

import io.micrometer.observation.Observation;
import jakarta.mail.MessagingException;

/** Observes a mail being sent: its duration, and its outcome in one word. */
final class SendObservation {
  private SendObservation() {}

  /** The sending itself. */
  @FunctionalInterface
  interface Sending {
    void run() throws MessagingException;
  }

  /**
   * Sends under an observation that has not been started.
   *
   * @throws MessagingException what sending throws, which is never the server's fault
   */
  static void of(Observation observation, OutgoingMail mail, Sending sending)
      throws MessagingException {
    observation
        .highCardinalityKeyValue("to_count", String.valueOf(mail.toCount()))
        .highCardinalityKeyValue("cc_count", String.valueOf(mail.ccCount()))
        .start();
    try (Observation.Scope scope = observation.openScope()) {
      sending.run();
      observation.lowCardinalityKeyValue("outcome", mail.outcomeWord());
    } catch (MessagingException | RuntimeException e) {
      observation.lowCardinalityKeyValue("outcome", "internal");
      observation.error(e);
      throw e;
    } finally {
      observation.stop();
    }
  }
}
