package org.byoemail.outbound.delivery;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import jakarta.mail.MessagingException;
import org.byoemail.platform.trace.LogContext;
import org.byoemail.platform.trace.TracePropagation;
import org.springframework.stereotype.Component;

/**
 * Observes mails being sent, each in the trace of its submission: the duration, the outcome in one
 * word, and for spans ids and counts. Thread-safe.
 */
@Component
class SendObservations {
  private final ObservationRegistry registry;
  private final TracePropagation traces;

  SendObservations(ObservationRegistry registry, TracePropagation traces) {
    this.registry = registry;
    this.traces = traces;
  }

  /** The sending itself. */
  @FunctionalInterface
  interface Sending {
    void run() throws MessagingException;
  }

  /**
   * Sends under an observation.
   *
   * @param tags of the metric, and of the span
   * @param attributes of the span only
   * @throws MessagingException what sending throws, which is never the server's fault
   */
  void observe(
      String name, KeyValues tags, KeyValues attributes, OutgoingMail mail, Sending sending)
      throws MessagingException {
    try (LogContext ids = mail.inLogs();
        TracePropagation.Scope submission = traces.open(mail.trace())) {
      Observation observation =
          Observation.createNotStarted(name, registry)
              .lowCardinalityKeyValues(tags)
              .highCardinalityKeyValues(attributes.and(of(mail)))
              .start();
      observed(observation, mail, sending);
    }
  }

  private void observed(Observation observation, OutgoingMail mail, Sending sending)
      throws MessagingException {
    try (Observation.Scope scope = observation.openScope()) {
      mail.trace(traces.current());
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

  private static KeyValues of(OutgoingMail mail) {
    return KeyValues.of(
        KeyValue.of("message_id", mail.messageId().toString()),
        KeyValue.of("attempt_id", mail.claim().attempt().toString()),
        KeyValue.of("attempt", String.valueOf(mail.claim().attemptNumber())),
        KeyValue.of("to_count", String.valueOf(mail.toCount())),
        KeyValue.of("cc_count", String.valueOf(mail.ccCount())));
  }
}
