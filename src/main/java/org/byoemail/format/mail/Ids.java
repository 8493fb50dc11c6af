package org.byoemail.format.mail;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.impl.TimeBasedEpochGenerator;
import java.time.Instant;
import java.util.UUID;

/**
 * Generates ids: UUIDs of version 7 (RFC 9562 section 5.7), which sort by their time, so that an
 * index on them grows at one end.
 */
public final class Ids {
  private static final TimeBasedEpochGenerator GENERATOR = Generators.timeBasedEpochGenerator();

  private Ids() {}

  /** A new id. */
  public static UUID next() {
    return GENERATOR.generate();
  }

  /** The lowest id of that millisecond: all that sort before it are older. */
  public static UUID firstOf(Instant moment) {
    return new UUID(moment.toEpochMilli() << 16 | 0x7000L, 1L << 63);
  }
}
