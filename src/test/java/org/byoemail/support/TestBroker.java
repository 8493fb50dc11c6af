package org.byoemail.support;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;

/** A real broker that the gateway can use, with the queues or topics of two producers. */
public interface TestBroker extends AutoCloseable {
  /** The names of the producers. */
  List<String> PRODUCERS = List.of("flows", "strangers");

  /** The organisation of each. */
  List<String> ORGANIZATIONS = List.of("flow", "other");

  void start();

  void stop();

  /** What the gateway needs to use it, as environment variables. */
  Map<String, String> settings();

  /** Hands in a submission, which the broker has stored when this returns. */
  void submit(String producer, String json);

  /** How many submissions have not been delivered to the gateway. */
  int waiting(String producer);

  /** Takes the rejections of a producer. */
  List<JsonNode> rejected(String producer);

  /** Takes the events. */
  List<JsonNode> events();

  @Override
  void close();
}
