package org.byoemail.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.byoemail.outbound.delivery.AccountSending;
import org.byoemail.outbound.limit.SendingLimit;
import org.jspecify.annotations.Nullable;

/** The sending limits on the page of an account. */
record LimitsView(
    @Nullable String preset,
    List<Line> lines,
    @Nullable DisplayTime nextSendAt,
    @Nullable String waitReason) {
  /** The field of the form for the number of connections. */
  static final String CONNECTIONS = "connections";

  /**
   * One limit.
   *
   * @param field of the form
   * @param inForce the limit that applies
   * @param own the operator's limit; empty if absent
   */
  record Line(String field, String name, String inForce, String own) {}

  static LimitsView of(AccountSending sending) {
    List<Line> lines = new ArrayList<>();
    for (SendingLimit limit : SendingLimit.values()) {
      Integer amount = sending.limits().amounts().get(limit);
      lines.add(
          new Line(
              limit.column(),
              sentence(limit.name()),
              amount == null || amount == 0 ? "no limit" : amount.toString(),
              text(sending.own().amounts().get(limit))));
    }
    lines.add(
        new Line(
            CONNECTIONS,
            "Connections",
            sending.connections() == null ? "default" : sending.connections().toString(),
            text(sending.ownConnections())));
    return new LimitsView(
        sending.preset() == null ? null : sending.preset().replace('_', ' '),
        lines,
        DisplayTime.ofNullable(sending.nextSendAt()),
        sending.waitReason());
  }

  private static String sentence(String name) {
    String words = name.toLowerCase(Locale.ROOT).replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  private static String text(@Nullable Integer amount) {
    return amount == null ? "" : amount.toString();
  }
}
