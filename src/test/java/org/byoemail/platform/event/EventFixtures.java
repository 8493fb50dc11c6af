package org.byoemail.platform.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.byoemail.platform.event.EventData.AttemptResult;
import org.byoemail.platform.event.EventData.MessageSent;
import org.byoemail.platform.event.EventData.RecipientResult;

/** Event data for tests that need any event. */
public final class EventFixtures {
  private EventFixtures() {}

  /** Writes events as the gateway does. */
  public static EventJson json() {
    return new EventJson(new ObjectMapper());
  }

  /** A sent message without recipients, with that metadata. */
  public static EventData sent(Map<String, Object> metadata) {
    return new MessageSent(
        new AttemptResult("order-17", "sent", new UUID(0, 1), null, List.of(), metadata));
  }

  /** A message sent to that address. */
  public static EventData sentTo(String address) {
    return new MessageSent(
        new AttemptResult(
            "order-17",
            "sent",
            new UUID(0, 1),
            null,
            List.of(new RecipientResult(address, "sent", null, null)),
            Map.of()));
  }
}
