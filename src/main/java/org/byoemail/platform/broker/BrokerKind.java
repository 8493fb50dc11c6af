package org.byoemail.platform.broker;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;

/** The brokers of which one is selected by {@code byo.broker.kind}. */
public enum BrokerKind {
  ARTEMIS,
  RABBITMQ,
  KAFKA;

  /** The name of the setting. */
  static final String SETTING = "byo.broker.kind";

  /**
   * The selected one, Artemis by default.
   *
   * @throws BrokerRefused if there is no such broker
   */
  public static BrokerKind of(Environment environment) {
    String word = environment.getProperty(SETTING, ARTEMIS.word()).strip();
    for (BrokerKind kind : values()) {
      if (kind.word().equalsIgnoreCase(word)) {
        return kind;
      }
    }
    throw new BrokerRefused(
        SETTING + " is " + word + ".",
        "Set it to one of "
            + Arrays.stream(values()).map(BrokerKind::word).collect(Collectors.joining(", "))
            + ".");
  }

  /** Its name in settings and folders, in lower case. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether a route file is one of another broker.
   *
   * @param name below the folder of routes, with slashes
   */
  public boolean excludes(String name) {
    return name.startsWith("brokers/") && !name.startsWith("brokers/" + word() + "/");
  }
}
