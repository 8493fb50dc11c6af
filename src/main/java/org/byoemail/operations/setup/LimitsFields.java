package org.byoemail.operations.setup;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.EnumMap;
import java.util.Map;
import org.byoemail.outbound.limit.SendingLimit;
import org.byoemail.outbound.limit.SendingLimits;
import org.jspecify.annotations.Nullable;

/**
 * The limits that an operator sets: null means the provider's limit, 0 means no limit.
 *
 * @param connections simultaneous, over all nodes
 */
@Schema(name = "LimitsRequest")
public record LimitsFields(
    @Nullable Integer messagesPerMinute,
    @Nullable Integer messagesPerHour,
    @Nullable Integer messagesPerDay,
    @Nullable Integer recipientsPerMinute,
    @Nullable Integer recipientsPerHour,
    @Nullable Integer recipientsPerDay,
    @Nullable Integer connections) {

  /** Creates the fields of limits; all null for none. */
  public static LimitsFields of(SendingLimits limits, @Nullable Integer connections) {
    Map<SendingLimit, Integer> amounts = limits.amounts();
    return new LimitsFields(
        amounts.get(SendingLimit.MESSAGES_PER_MINUTE),
        amounts.get(SendingLimit.MESSAGES_PER_HOUR),
        amounts.get(SendingLimit.MESSAGES_PER_DAY),
        amounts.get(SendingLimit.RECIPIENTS_PER_MINUTE),
        amounts.get(SendingLimit.RECIPIENTS_PER_HOUR),
        amounts.get(SendingLimit.RECIPIENTS_PER_DAY),
        connections);
  }

  /**
   * The limits.
   *
   * @throws FieldsRefused if one is out of range
   */
  public SendingLimits limits() {
    Map<SendingLimit, Integer> amounts = new EnumMap<>(SendingLimit.class);
    put(amounts, SendingLimit.MESSAGES_PER_MINUTE, messagesPerMinute);
    put(amounts, SendingLimit.MESSAGES_PER_HOUR, messagesPerHour);
    put(amounts, SendingLimit.MESSAGES_PER_DAY, messagesPerDay);
    put(amounts, SendingLimit.RECIPIENTS_PER_MINUTE, recipientsPerMinute);
    put(amounts, SendingLimit.RECIPIENTS_PER_HOUR, recipientsPerHour);
    put(amounts, SendingLimit.RECIPIENTS_PER_DAY, recipientsPerDay);
    try {
      return new SendingLimits(amounts);
    } catch (IllegalArgumentException e) {
      throw new FieldsRefused("limits", String.valueOf(e.getMessage()));
    }
  }

  private static void put(
      Map<SendingLimit, Integer> amounts, SendingLimit limit, @Nullable Integer amount) {
    if (amount != null) {
      amounts.put(limit, amount);
    }
  }
}
